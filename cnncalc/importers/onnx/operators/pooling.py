"""Pooling over windows, and over all positions."""

from typing import Any

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._windows import allowed, each, ends_of, padding_field, short
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import Entry, NoLayer
from cnncalc.shape import Shape, Window


@operator("MaxPool", "AveragePool", "LpPool")
def pool(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`maxpool`, `avgpool`, `lppool`."""
    values = reading.settled(call.values(), 1)
    rank = values.shape.rank
    if not 1 <= rank <= 3:
        raise NoLayer("it has no positions")
    if len(call.outputs) > 1 and reading.readers[call.outputs[1]]:
        raise NoLayer("the places of its largest values are read")
    if call.op == "MaxPool" and call.attributes.get("storage_order"):
        raise NoLayer("it counts in columns")
    kernel = each(call.attributes["kernel_shape"], rank)
    stride = each(call.attributes.get("strides"), rank)
    dilation = each(call.attributes.get("dilations"), rank)
    ends = ends_of(call.attributes, values.shape, kernel, stride, dilation)
    ceil = bool(call.attributes.get("ceil_mode", 0))
    fields: dict[str, Any] = {"kernel": short(kernel)}
    if stride != kernel:
        fields["stride"] = short(stride)
    if any(map(any, ends)):
        fields["padding"] = padding_field(ends)
    if ceil:
        fields["rounding"] = "ceil"
    if call.op == "MaxPool":
        if any(step != 1 for step in dilation):
            fields["dilation"] = short(dilation)
        type_ = "maxpool"
    elif any(step != 1 for step in dilation):
        raise NoLayer("it has gaps between its taps")
    elif call.op == "AveragePool":
        type_ = "avgpool"
        if not call.attributes.get("count_include_pad", 0) and (any(map(any, ends)) or ceil):
            fields["count_include_pad"] = False
    else:
        type_ = "lppool"
        fields["p"] = float(call.attributes.get("p", 2))
    controls = {} if ceil else allowed(values.shape, kernel, stride, ends, dilation)
    shape = Shape(call.size[1], call.size[2:])
    windows = _windows(values.shape, kernel, stride, ends, dilation, ceil)
    if tuple(window.output for window in windows) != shape.spatial:
        raise NoLayer("its windows start in the padding at the end")
    return [reading.plain(reading.emit(type_, (values.node,), shape, fields, controls=controls))]


def _windows(
    shape: Shape,
    kernel: list[int],
    stride: list[int],
    ends: list[tuple[int, int]],
    dilation: list[int],
    ceil: bool,
) -> list[Window]:
    return [
        Window(size, taps, step, before, after, wide, ceil)
        for size, taps, step, (before, after), wide in zip(
            shape.spatial, kernel, stride, ends, dilation, strict=True
        )
    ]


@operator("GlobalAveragePool", "GlobalMaxPool")
def global_pool(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`global_avgpool`, `global_maxpool`."""
    values = reading.settled(call.values(), 1)
    if not values.shape.rank:
        raise NoLayer("it has no positions")
    type_ = "global_avgpool" if call.op == "GlobalAveragePool" else "global_maxpool"
    shape = Shape(values.shape.channels, (1,) * values.shape.rank)
    return [reading.plain(reading.emit(type_, (values.node,), shape))]


# Reductions by their words here.
_REDUCTIONS = {"ReduceMean": "mean", "ReduceMax": "max", "ReduceSum": "sum", "ReduceL2": "vector_norm"}


@operator(*_REDUCTIONS, "ReduceL1")
def reduce(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`mean`, `max`, `sum`, `vector_norm` over axes; over all positions `global_avgpool` or `global_maxpool`."""
    values = call.values()
    axes = reading.integers(call.given(1)) or list(call.attributes.get("axes", ()))
    if not axes:
        if call.attributes.get("noop_with_empty_axes"):
            return [values]
        axes = list(range(len(values.dims)))
    axes = sorted(axis % len(values.dims) for axis in axes)
    if values.axes_in(axes) is None or _split(values, axes):
        values = reading.settled(values)
    own = values.axes_in(axes)
    if own is None or 0 in own or 0 in axes:
        raise NoLayer("it computes over the batch")
    result = values if not own else _reduced(reading, call, values, own)
    dims = [() if index in axes else parts for index, parts in enumerate(result.dims)]
    if not call.attributes.get("keepdims", 1):
        dims = [parts for index, parts in enumerate(dims) if index not in axes]
    return [type(result)(result.node, result.shape, tuple(dims))]


def _split(values: Any, axes: list[int]) -> bool:
    """Whether an axis that stays has a part of an axis that is reduced."""
    own = values.axes_in(axes) or ()
    return any(
        part.axis in own for index, parts in enumerate(values.dims) if index not in axes for part in parts
    )


def _reduced(reading: OnnxReading, call: OnnxCall, values: Any, own: tuple[int, ...]) -> Any:
    from cnncalc.importers.onnx.building import spatial_names

    shape = values.shape
    sizes = [1 if index + 1 in own else size for index, size in enumerate(shape.torch)]
    reduced = Shape(sizes[0], tuple(sizes[1:]))
    long = {index + 2 for index, size in enumerate(shape.spatial) if size > 1}
    names = spatial_names(shape)
    positions = 1 not in own and set(own) == long
    fields: dict[str, Any] = {}
    if call.op in ("ReduceL1", "ReduceL2"):
        type_ = "vector_norm"
        if call.op == "ReduceL1":
            fields["p"] = 1.0
    else:
        type_ = _REDUCTIONS[call.op]
    if positions and type_ in ("mean", "max"):
        type_ = "global_avgpool" if type_ == "mean" else "global_maxpool"
    else:
        words = [names[axis] for axis in own]
        fields = {"over": "positions" if positions else words[0] if len(words) == 1 else words, **fields}
        fields["keep"] = True
    name = reading.emit(type_, (values.node,), reduced, fields)
    return type(values)(name, reduced, values.dims)
