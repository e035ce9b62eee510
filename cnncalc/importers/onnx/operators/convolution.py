"""Convolutions."""

from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._windows import ENDS, allowed, each, ends_of, padding_field, short
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import Constant, Entry, NoLayer, OnnxWeight, Values
from cnncalc.shape import Shape


@operator("Conv")
def conv(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`conv`."""
    weight, bias = call.needed(1), learned_bias(reading, call, 2)
    rank = len(weight.sizes) - 2
    values = reading.settled(call.values(), 1)
    if values.shape.rank != rank or not 1 <= rank <= 3:
        raise NoLayer(f"its filters have {rank} axes")
    _check(reading, call, values.shape.channels, weight.sizes[1] * int(call.attributes.get("group", 1)))
    kernel, stride, dilation, fields = _window(call, list(weight.sizes[2:]), rank)
    ends = ends_of(call.attributes, values.shape, kernel, stride, dilation)
    fields = {"filters": weight.sizes[0], **fields}
    if any(map(any, ends)):
        fields["padding"] = padding_field(ends)
    elif (padded := _uneven(reading, call, values)) is not None:
        values, fields["padding"] = padded
        ends = [
            (padded[1].get(before, 0), padded[1].get(after, 0)) for before, after in ENDS[values.shape.rank]
        ]
    _grouped(call, fields, bias is not None)
    weights = {"weight": reading.taken(weight)}
    if bias is not None:
        weights["bias"] = reading.taken(bias)
    controls = allowed(values.shape, kernel, stride, ends, dilation)
    shape = Shape(call.size[1], call.size[2:])
    return [reading.plain(reading.emit("conv", (values.node,), shape, fields, weights, controls))]


def _uneven(reading: OnnxReading, call: OnnxCall, values: Values) -> tuple[Values, dict[str, int]] | None:
    """What zeros are added to, and on which sides, if they are added for this convolution alone.

    PyTorch's convolutions cannot add them on one side: an operation before it does.
    """
    node = reading.nodes.get(values.node)
    if node is None or node.type != "zero_pad" or reading.readers[call.names[0]] != 1:
        return None
    padding = node.fields["padding"]
    if not isinstance(padding, dict):
        return None
    source = node.sources[0]
    return reading.plain(source), padding


def learned_bias(reading: OnnxReading, call: OnnxCall, index: int) -> OnnxWeight | None:
    """A bias; None if it is left out, or only zeros that an exporter computes because the operation has none."""
    entry = call.given(index)
    computed = isinstance(entry, Constant) and call.names[index] not in reading.model.initializers
    if computed and isinstance(entry, Constant) and not entry.array.any():
        return None
    return call.weight(index)


@operator("ConvTranspose")
def conv_transpose(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`conv_transpose`."""
    weight, bias = call.needed(1), learned_bias(reading, call, 2)
    rank = len(weight.sizes) - 2
    values = reading.settled(call.values(), 1)
    if values.shape.rank != rank or not 1 <= rank <= 3:
        raise NoLayer(f"its filters have {rank} axes")
    _check(reading, call, values.shape.channels, weight.sizes[0])
    kernel, stride, dilation, fields = _window(call, list(weight.sizes[2:]), rank)
    groups = int(call.attributes.get("group", 1))
    fields = {"filters": weight.sizes[1] * groups, **fields}
    # What is cut from the whole output, at both ends: by the attributes, or so that the output has its size.
    extra = each(call.attributes.get("output_padding"), rank, 0)
    ends = []
    for axis, size in enumerate(values.shape.spatial):
        whole = (size - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1
        cut = whole + extra[axis] - call.size[2 + axis]
        pads = each(call.attributes.get("pads"), 2 * rank, 0)
        before = (
            pads[axis] if "pads" in call.attributes and "output_shape" not in call.attributes else cut // 2
        )
        ends.append((before, cut - before))
    if any(before < 0 or after < 0 for before, after in ends):
        raise NoLayer("its output is longer than its windows")
    if any(map(any, ends)):
        fields["padding"] = padding_field(ends)
    if any(extra):
        fields["output_padding"] = short(extra)
    _grouped(call, fields, bias is not None)
    weights = {"weight": reading.taken(weight)}
    if bias is not None:
        weights["bias"] = reading.taken(bias)
    shape = Shape(call.size[1], call.size[2:])
    return [reading.plain(reading.emit("conv_transpose", (values.node,), shape, fields, weights))]


def _check(reading: OnnxReading, call: OnnxCall, channels: int, read: int) -> None:
    """Raises `Unreadable` if filters read another number of channels: onnx does not look."""
    if channels != read:
        raise reading.model.unreadable(
            faults.BROKEN,
            f"the operands of `{reading.place.partition(': ')[2]}` ({call.op}) do not fit: its filters read {read} "
            f"channels, and there are {channels}",
            "check the file with `onnx.checker.check_model`, and export it again",
        )


def _window(
    call: OnnxCall, kernel: list[int], rank: int
) -> tuple[list[int], list[int], list[int], dict[str, Any]]:
    """Kernel, strides and dilations, and those fields that are not as usual."""
    stride = each(call.attributes.get("strides"), rank)
    dilation = each(call.attributes.get("dilations"), rank)
    fields: dict[str, Any] = {}
    for name, numbers in (("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if any(number != 1 for number in numbers):
            fields[name] = short(numbers)
    return kernel, stride, dilation, fields


def _grouped(call: OnnxCall, fields: dict[str, Any], has_bias: bool) -> None:
    groups = int(call.attributes.get("group", 1))
    if groups != 1:
        fields["groups"] = groups
    fields["bias"] = has_bias


def biased(reading: OnnxReading, node: str, bias: Taken) -> None:
    """Gives a layer the bias that is added after it."""
    layer = reading.nodes[node]
    layer.fields["bias"] = True
    layer.weights = {**layer.weights, "bias": bias}
