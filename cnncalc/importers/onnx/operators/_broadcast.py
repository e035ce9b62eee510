"""Two computed tensors in one operation: how their axes meet."""

from typing import Any

from cnncalc.importers.onnx.operators._written_out import norm_of
from cnncalc.importers.onnx.operators.activation import ended
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import (
    BATCH,
    AxisPart,
    NoLayer,
    Values,
)
from cnncalc.shape import Shape

TYPES = {
    "Add": "add",
    "Sub": "sub",
    "Mul": "mul",
    "Div": "div",
    "Pow": "pow",
    "Max": "maximum",
    "Min": "minimum",
    "Sum": "add",
}


def functions() -> dict[str, Any]:
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


def of_values(reading: OnnxReading, op: str, left: Values, right: Values) -> Values:
    known = norm_of(reading, left, right) if op == "Div" else None
    if known is not None:
        return known
    if left.shape == right.shape and left.dims == right.dims:
        tables = [reading.curves.of(left.node), reading.curves.of(right.node)]
        curve = reading.curves.after([*tables], functions()[op])
        known = ended(reading, Values("", left.shape, left.dims), curve)
        if known is not None:
            return known
        name = reading.emit(TYPES[op], (left.node, right.node), left.shape)
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
    name = reading.emit(TYPES[op], (left.node, right.node), shape)
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
    name = reading.emit(TYPES[op], (left.node, right.node), shape)
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
