"""Rolls, which exporters write as two slices joined the other way round."""

from cnncalc.importers.onnx.call import OnnxCall
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import CHANNELS, Values


def rolled(reading: OnnxReading, call: OnnxCall, tensors: list[Values], axis: int) -> Values | None:
    """`roll`, if the end of an axis is joined to its start; None if not."""
    if len(call.inputs) != 2 or len(tensors) != 2:
        return None
    first, second = tensors
    end, start = reading.ranges.get(first.node), reading.ranges.get(second.node)
    if end is None or start is None or end.axis == CHANNELS or end[:2] != start[:2]:
        return None
    whole = end.start + end.taken == end.size and start.start == 0 and start.taken == end.start
    others = [
        (this, other)
        for index, (this, other) in enumerate(zip(first.dims, second.dims, strict=True))
        if index != axis
    ]
    if not whole or any(this != other for this, other in others):
        return None
    shape = reading.shapes[end.source]
    shifts = [0] * shape.rank
    shifts[end.axis - 2] = end.taken
    node = roll(reading, end.source, shifts)
    dims = list(first.dims)
    dims[axis] = Values(node, shape, ()).axis(end.axis)
    return Values(node, shape, tuple(dims))


def roll(reading: OnnxReading, source: str, shifts: list[int]) -> str:
    """A layer that rolls another one, joined with a roll before it; none where they move nothing together."""
    before = reading.nodes.get(source)
    if before is not None and before.type == "roll":
        source = before.sources[0]
        shifts = [this + other for this, other in zip(shifts, before.fields["shift"], strict=True)]
    shape = reading.shapes[source]
    shifts = [shift % size for shift, size in zip(shifts, shape.spatial, strict=True)]
    return reading.emit("roll", (source,), shape, {"shift": shifts}) if any(shifts) else source
