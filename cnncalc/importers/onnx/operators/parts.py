"""Parts of a tensor: slices, pieces and single positions."""

from typing import Any

from cnncalc.importers.onnx.building import spatial_names
from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.reading import OnnxReading, Range
from cnncalc.importers.onnx.values import (
    BATCH,
    CHANNELS,
    AxisPart,
    Constant,
    Entry,
    NoLayer,
    Pieces,
    Values,
    reshaped,
)
from cnncalc.shape import Shape

# The end of an axis, as exporters write it.
END = 2**31 - 1


@operator("Slice")
def slice_(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`slice` or `chunk`, one for each axis; two that are joined the other way round are `roll`."""
    values = call.values()
    rank = len(values.dims)
    starts = _list(reading, call, 1, "starts")
    stops = _list(reading, call, 2, "ends")
    axes = _list(reading, call, 3, "axes") or list(range(len(starts or ())))
    steps = reading.integers(call.given(4)) or [1] * len(axes)
    if starts is None or stops is None:
        raise NoLayer("its bounds are missing")
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        dim = axis % rank
        taken = range(values.sizes[dim])[start : min(stop, END) if stop >= 0 else stop : step]
        if step < 0:
            raise NoLayer("it reverses an axis")
        values = taken_of(reading, values, dim, taken.start, taken.step, len(taken))
    return [values]


def _list(reading: OnnxReading, call: OnnxCall, index: int, name: str) -> list[int] | None:
    if name in call.attributes:
        return [int(number) for number in call.attributes[name]]
    return reading.integers(call.given(index))


@operator("Split")
def split(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """A `chunk` or a `slice` for each piece that is read."""
    values = call.values()
    dim = int(call.attributes.get("axis", 0)) % len(values.dims)
    results: list[Entry] = []
    start = 0
    for name, sizes in zip(call.outputs, call.sizes, strict=True):
        if sizes is None:
            raise NoLayer("its pieces depend on values")
        if name:
            results.append(taken_of(reading, values, dim, start, 1, sizes[dim]))
        else:
            results.append(values)
        start += sizes[dim]
    return results


@operator("SplitToSequence")
def split_to_sequence(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """The pieces of a tensor, as a sequence; each is a layer where it is taken out of it."""
    values = call.values()
    dim = int(call.attributes.get("axis", 0)) % len(values.dims)
    entry = call.given(1)
    sizes = reading.integers(entry)
    whole = values.sizes[dim]
    if sizes is None:
        if not int(call.attributes.get("keepdims", 1)):
            raise NoLayer("its pieces lose an axis")
        sizes = [1] * whole
    elif isinstance(entry, Constant) and entry.array.ndim == 0:
        # One number: the size of every piece, but for the last.
        sizes = [min(sizes[0], whole - start) for start in range(0, whole, sizes[0])]
    return [Pieces(values, dim, tuple(sizes), reading.inference.element(call.names[0]))]


@operator("SequenceAt")
def sequence_at(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """One piece: a `chunk` or a `slice`."""
    pieces, position = call.given(0), reading.integers(call.given(1))
    if not isinstance(pieces, Pieces) or position is None:
        raise NoLayer("its sequence is not that of one tensor")
    index = position[0] % len(pieces.sizes)
    start = sum(pieces.sizes[:index])
    piece = taken_of(reading, pieces.whole, pieces.dim, start, 1, pieces.sizes[index])
    # A sequence of tensors of several sizes has no sizes in ONNX.
    reading.inference.set(call.outputs[0], pieces.element, piece.sizes)
    return [piece]


@operator("Gather")
def gather(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """One position of an axis, or a range of them; `select_token` for one of a row of tokens."""
    import numpy

    values = call.values()
    dim = int(call.attributes.get("axis", 0)) % len(values.dims)
    indices = reading.constant(call.given(1))
    if indices is None:
        raise NoLayer("which ones it takes depends on the input")
    if indices.size == values.sizes[dim] and (indices.reshape(-1) == range(indices.size)).all():
        # All of them, in their order: the axis in another shape.
        sizes = (*values.sizes[:dim], *indices.shape, *values.sizes[dim + 1 :])
        whole = reshaped(values, sizes)
        if whole is not None:
            return [whole]
    if indices.size == 0 or indices.ndim > 1:
        raise NoLayer("it takes several at once")
    size = values.sizes[dim]
    numbers = [int(number) % size for number in indices.reshape(-1)]
    steps = set(numpy.diff(numbers).tolist()) or {1}
    if len(steps) > 1 or min(steps) < 1:
        raise NoLayer("it takes them in another order")
    if indices.ndim == 0 and _is_token(values, dim):
        shape = Shape(values.shape.channels)
        name = reading.emit(
            "select_token", (values.node,), shape, {"index": numbers[0]} if numbers[0] else {}
        )
        return [reading.plain(name)]
    result = taken_of(reading, values, dim, numbers[0], steps.pop(), len(numbers))
    if indices.ndim == 0:
        result = Values(result.node, result.shape, tuple(p for i, p in enumerate(result.dims) if i != dim))
    return [result]


def _is_token(values: Values, dim: int) -> bool:
    """Whether an axis of the tensor is the tokens of a row, and the other one its channels."""
    return (
        values.shape.rank == 1
        and len(values.dims) == 3
        and values.dims[0] == (AxisPart(BATCH, values.sizes[0]),)
        and dim != 0
        and values.dims[dim] == values.axis(2) != ()
        and values.has_channels_in(3 - dim)
    )


def taken_of(reading: OnnxReading, values: Values, dim: int, start: int, step: int, count: int) -> Values:
    """Every `step`-th of an axis of a tensor, from `start` on."""
    size = values.sizes[dim]
    if count == size and step == 1:
        return values
    if count < 1:
        raise NoLayer("it is empty")
    if any(part.axis == BATCH for part in values.dims[dim]):
        raise NoLayer("it takes a part of the batch")
    parts = values.dims[dim]
    if len(parts) != 1 or not _is_range(values, parts[0], step):
        values = reading.settled(values)
        parts = values.dims[dim]
    (part,) = parts
    sizes = list(values.shape.torch)
    whole = sizes[part.axis - 1]
    sizes[part.axis - 1] = count * part.step
    shape = Shape(sizes[0], tuple(sizes[1:]))
    first, last = start * part.step, (start + (count - 1) * step + 1) * part.step
    fields: dict[str, Any]
    if part.axis == CHANNELS and step == 1 and whole % (count * part.step) == 0 and start % count == 0:
        fields = {"of": whole // (count * part.step), "index": start // count}
        name = reading.emit("chunk", (values.node,), shape, fields)
    else:
        fields = {} if part.axis == CHANNELS else {"axis": spatial_names(values.shape)[part.axis]}
        fields |= {"start": first} if first else {}
        fields |= {"stop": min(last, whole)} if last < whole else {}
        fields |= {"step": step} if step != 1 else {}
        name = reading.emit("slice", (values.node,), shape, fields)
    if part.step == step == 1:
        reading.ranges[name] = Range(values.node, part.axis, start, count, size)
    dims = list(values.dims)
    dims[dim] = (AxisPart(part.axis, count, part.step),) if count > 1 else ()
    return Values(name, shape, tuple(dims))


def _is_range(values: Values, part: AxisPart, step: int) -> bool:
    """Whether a range of a part is one range of the axis: it is the outermost part of it, or the whole."""
    return part.size * part.step == values.shape.torch[part.axis - 1] and (step == 1 or part.step == 1)
