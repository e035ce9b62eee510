"""Sums, products and other functions of two tensors; with numbers and learned tensors."""

from dataclasses import replace
from typing import Any

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._numbers import rounded
from cnncalc.importers.onnx.operators._written_out import norm_of
from cnncalc.importers.onnx.operators.activation import curved, ended
from cnncalc.importers.onnx.operators.attention import joined_with_core, with_bias
from cnncalc.importers.onnx.operators.convolution import biased
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import (
    BATCH,
    CHANNELS,
    AxisPart,
    Constant,
    Entry,
    NoLayer,
    OnnxScores,
    OnnxWeight,
    Values,
)
from cnncalc.shape import Shape

_TYPES = {
    "Add": "add",
    "Sub": "sub",
    "Mul": "mul",
    "Div": "div",
    "Pow": "pow",
    "Max": "maximum",
    "Min": "minimum",
    "Sum": "add",
}
# Layers whose bias an exporter adds in an operation of its own.
_BIASED = ("linear", "fc", "conv", "conv_transpose")
# Norms whose factors and shifts an exporter writes as operations of their own.
_NORMS = ("gn", "instance_norm", "ln", "ln2d", "rms_norm")


def _functions() -> dict[str, Any]:
    import numpy

    return {
        "Add": numpy.add,
        "Sub": numpy.subtract,
        "Mul": numpy.multiply,
        "Div": numpy.divide,
        "Pow": numpy.power,
        "Max": numpy.maximum,
        "Min": numpy.minimum,
    }


@operator(*_TYPES, "Mean")
def arithmetic(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """The layer with the same name; one operand after another where there are more than two."""
    if call.op == "Mean" or not call.inputs:
        raise NoLayer("")
    first, *others = call.inputs
    op = "Add" if call.op == "Sum" else call.op
    result = first
    for index, other in enumerate(others, 1):
        result = _two(reading, call, op, result, other, (call.names[0], call.names[index]))
    assert result is not None
    return [result]


def _two(
    reading: OnnxReading,
    call: OnnxCall,
    op: str,
    left: Entry | None,
    right: Entry | None,
    names: tuple[str, str],
) -> Entry:
    for scores, other in ((left, right), (right, left)):
        if isinstance(scores, OnnxScores):
            return _of_scores(reading, op, scores, other, is_first=scores is left)
    numbers = tuple(
        reading.number(entry) if not isinstance(entry, Values) else None for entry in (left, right)
    )
    if isinstance(left, Values) and isinstance(right, Values):
        return _of_values(reading, op, left, right)
    if isinstance(left, Values) and numbers[1] is not None:
        return _with_number(reading, op, left, rounded(numbers[1]), is_first=True)
    if isinstance(right, Values) and numbers[0] is not None:
        return _with_number(reading, op, right, rounded(numbers[0]), is_first=False)
    if isinstance(left, Values) and isinstance(right, OnnxWeight | Constant):
        return _with_learned(reading, op, left, _weight(reading, right, names[1]), names[0], is_first=True)
    if isinstance(right, Values) and isinstance(left, OnnxWeight | Constant):
        return _with_learned(reading, op, right, _weight(reading, left, names[0]), names[1], is_first=False)
    raise NoLayer("")


def _weight(reading: OnnxReading, entry: OnnxWeight | Constant, name: str) -> OnnxWeight:
    if isinstance(entry, OnnxWeight):
        return entry
    if not reading.model.is_of_torch and entry.array.dtype.kind == "f":
        return OnnxWeight((entry.name or name,), entry.sizes)
    raise NoLayer("one operand is a constant tensor")


def _of_scores(
    reading: OnnxReading, op: str, scores: OnnxScores, other: Entry | None, *, is_first: bool
) -> Entry:
    """The factor of an attention, its biases and its mask."""
    number = reading.number(other) if not isinstance(other, Values | OnnxScores) else None
    if (
        number is not None
        and not scores.is_softmax
        and not scores.biases
        and is_first
        and op in ("Mul", "Div")
    ):
        return replace(scores, scale=scores.scale * (number if op == "Mul" else 1 / number))
    if number is not None and not scores.is_softmax and op == "Mul" and not scores.biases:
        return replace(scores, scale=scores.scale * number)
    if op == "Add" and not scores.is_softmax:
        return with_bias(reading, scores, other)
    return replace(scores, unclear=scores.unclear or "its scores are changed in another way")


def _with_number(reading: OnnxReading, op: str, values: Values, number: float, *, is_first: bool) -> Values:
    neutral = {"Add": 0, "Sub": 0, "Mul": 1, "Div": 1, "Pow": 1}
    if neutral.get(op) == number and (is_first or op in ("Add", "Mul")):
        return values
    function = _functions()[op]

    def curve(x: Any) -> Any:
        return function(x, number) if is_first else function(number, x)

    if op == "Mul" or (op == "Div" and is_first and number):
        factor = number if op == "Mul" else rounded(1 / number)
        return curved(reading, values, "scale", {"factor": factor}, curve)
    operands = [values.node, number] if is_first else [number, values.node]
    return curved(reading, values, _TYPES[op], {"of": operands}, curve)


def _of_values(reading: OnnxReading, op: str, left: Values, right: Values) -> Values:
    known = norm_of(reading, left, right) if op == "Div" else None
    if known is not None:
        return known
    if left.shape == right.shape and left.dims == right.dims:
        tables = [reading.curves.of(left.node), reading.curves.of(right.node)]
        curve = reading.curves.after([*tables], _functions()[op])
        known = ended(reading, Values("", left.shape, left.dims), curve)
        if known is not None:
            return known
        name = reading.emit(_TYPES[op], (left.node, right.node), left.shape)
        reading.curves.keep(name, curve)
        return Values(name, left.shape, left.dims)
    together = _broadcast(reading, op, left, right)
    if together is not None:
        return together
    rank = max(len(left.dims), len(right.dims))
    left, right = _long(left, rank), _long(right, rank)
    channel = _channel(left, right)
    sizes = [max(this, other) for this, other in zip(left.sizes, right.sizes, strict=True)]
    left, right = reading.settled(left, channel), reading.settled(right, channel)
    others = [size for index, size in enumerate(sizes) if index not in (0, channel)]
    shape = Shape(sizes[channel], tuple(others))
    # Layers with the same shape read the same: the larger first, as a residual or a gate is written.
    name = reading.emit(_TYPES[op], (left.node, right.node), shape)
    order = [0] * rank
    for place, index in enumerate([channel, *(axis for axis in range(1, rank) if axis != channel)]):
        order[index] = place + 1
    return reading.plain(name, tuple(order))


def _broadcast(reading: OnnxReading, op: str, left: Values, right: Values) -> Values | None:
    """The operation in the arrangement of its operands, where one has size 1 along some axes; None if they differ."""
    if left.shape.rank != right.shape.rank or len(left.dims) != len(right.dims):
        return None
    pairs = list(zip(left.shape.torch, right.shape.torch, strict=True))
    if any(this != other and 1 not in (this, other) for this, other in pairs):
        return None
    dims = []
    for this, other in zip(left.dims, right.dims, strict=True):
        if this != other and this and other:
            return None
        dims.append(this or other)
    sizes = [max(pair) for pair in pairs]
    shape = Shape(sizes[0], tuple(sizes[1:]))
    held = {part.axis for parts in dims for part in parts}
    if any(size > 1 and axis not in held for axis, size in enumerate(sizes, 1)):
        return None
    name = reading.emit(_TYPES[op], (left.node, right.node), shape)
    return Values(name, shape, tuple(dims))


def _long(values: Values, rank: int) -> Values:
    """The tensor with as many axes: NumPy's rule puts axes of size 1 in front, where the batch is."""
    missing = rank - len(values.dims)
    if missing and (values.dims[0] and values.dims[0][0] != AxisPart(BATCH, 1)):
        raise NoLayer("its batch meets another axis")
    if missing and values.dims[0] == (AxisPart(BATCH, 1),):
        raise NoLayer("its batch meets another axis")
    return Values(values.node, values.shape, ((),) * missing + values.dims)


def _channel(left: Values, right: Values) -> int:
    """The axis of the channels: of the operand that has all positions."""
    larger, smaller = (left, right) if left.shape.size >= right.shape.size else (right, left)
    dim = larger.channel_dim
    if larger.has_channels_in(dim) or not smaller.has_channels_in(smaller.channel_dim):
        return dim
    return smaller.channel_dim or dim


def _with_learned(
    reading: OnnxReading, op: str, values: Values, learned: OnnxWeight, other: str, *, is_first: bool
) -> Values:
    rank = len(values.dims)
    sizes = (1,) * (rank - len(learned.sizes)) + learned.sizes
    if len(sizes) > rank or (sizes[0] != 1):
        raise NoLayer("it learns a tensor for each image")
    long = [index for index, size in enumerate(sizes) if size > 1]
    weight = reading.taken(learned)
    channel = long[0] if len(long) == 1 else None
    if channel is not None and values.has_channels_in(channel):
        absorbed = _absorbed(reading, op, values, learned, other)
        if absorbed is not None:
            return absorbed
        if op == "Mul":
            return reading.apply("layer_scale", values, {}, {"weight": weight})
    dim = (
        channel
        if channel is not None and not values.has_channels_in(values.channel_dim)
        else values.channel_dim
    )
    settled = reading.settled(values, dim)
    others = [index for index in range(1, rank) if index != dim]
    if op == "Add" and rank == 3 and sizes[1:] == values.sizes[1:] and len(long) == 2:
        change = "" if dim == rank - 1 else "transpose"
        taken = reading.taken(learned, change)
        return reading.apply("position_embedding", settled, {}, {"pos_embedding": taken})
    order = (dim, *others) if any(sizes[index] > 1 for index in others) or settled.shape.rank else (dim,)
    tensor = reading.learned(learned, sizes, order)
    operands = (settled.node, tensor) if is_first else (tensor, settled.node)
    own = [max(settled.shape.torch[place], sizes[axis]) for place, axis in enumerate(order)]
    name = reading.emit(_TYPES[op], operands, Shape(own[0], tuple(own[1:])))
    axes = [0] * rank
    for place, index in enumerate(order):
        axes[index] = place + CHANNELS
    return reading.plain(name, tuple(axes))


def _absorbed(
    reading: OnnxReading, op: str, values: Values, learned: OnnxWeight, other: str
) -> Values | None:
    """A bias or a factor that belongs to the layer before it."""
    node = reading.nodes.get(values.node)
    if node is None or reading.readers[other] != 1:
        return None
    size = max(learned.sizes)
    if (
        op == "Add"
        and node.type in _BIASED
        and node.fields.get("bias") is False
        and size == values.shape.channels
    ):
        biased(reading, values.node, reading.taken(learned))
        return joined_with_core(reading, values) if node.type == "linear" else values
    if node.type not in _NORMS or "norm_done" in node.controls:
        return None
    if op == "Mul" and not node.weights and _is_bare(node.type, node.fields):
        node.fields.pop("affine", None)
        if node.type == "instance_norm":
            node.fields["affine"] = True
        if node.type != "rms_norm":
            node.fields["bias"] = False
        node.weights = {"weight": reading.taken(learned)}
        return values
    if op == "Add" and set(node.weights) == {"weight"} and node.fields.get("bias") is False:
        del node.fields["bias"]
        biased(reading, values.node, reading.taken(learned))
        del node.fields["bias"]
        return values
    return None


def _is_bare(type_: str, fields: dict[str, Any]) -> bool:
    """Whether a norm learns nothing so far."""
    return not fields.get("affine", type_ != "instance_norm")
