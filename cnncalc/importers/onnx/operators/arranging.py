"""Operations that move no values, or move them without computing."""

from math import prod

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._rolls import rolled
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import (
    CHANNELS,
    Entry,
    Lost,
    NoLayer,
    OnnxScores,
    Values,
    reshaped,
    transposed,
)
from cnncalc.shape import Shape


@operator("Transpose")
def transpose(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """The axes in another order: no layer by itself."""
    values = call.values()
    order = call.attributes.get("perm") or range(len(values.dims))[::-1]
    return [transposed(values, list(order))]


@operator("Reshape", "Flatten", "Squeeze", "Unsqueeze")
def reshape(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """Another shape: no layer by itself, unless an axis is divided that cannot be."""
    entry = call.given(0)
    if isinstance(entry, OnnxScores):
        if prod(entry.sizes) == prod(call.size) and entry.sizes[-2:] == call.size[-2:]:
            return [entry]
        raise NoLayer("it divides scores")
    values = call.values()
    result = reshaped(values, call.size)
    if result is None:
        settled = reading.settled(values)
        order = [*range(1, len(settled.dims))]
        if settled.channel_dim != 1 or [parts[0].axis for parts in settled.dims[1:] if parts] != sorted(
            parts[0].axis for parts in settled.dims[1:] if parts
        ):
            settled = _in_order(reading, values, order)
        result = _divided(reading, settled, call.size)
    return [result]


def _in_order(reading: OnnxReading, values: Values, order: list[int]) -> Values:
    """The tensor as a volume whose first axis is the channels."""
    return reading.settled(values, 1)


def _divided(reading: OnnxReading, values: Values, sizes: tuple[int, ...]) -> Values:
    """A shape whose axes are no parts of the axes before."""
    if sizes[0] != reading.batch or not 2 <= len(sizes) <= 5:
        raise NoLayer("its batch is in another axis")
    shape = Shape(sizes[1], sizes[2:])
    fields = dict(shape.asdict()) if shape.rank else {}
    name = reading.emit("reshape" if shape.rank else "flatten", (values.node,), shape, fields)
    return reading.plain(name)


@operator("Expand", "Tile")
def expand(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """Nothing where arithmetic repeats its operands itself; `tile` where one axis is repeated."""
    values = call.values()
    if call.size == values.sizes:
        return [values]
    after = reading.after.get(call.outputs[0], [])
    if call.op == "Expand" and after and all(node.op_type in ("Add", "Sub", "Mul", "Div") for node in after):
        return [values] if len(call.size) == len(values.dims) else [_longer(values, len(call.size))]
    from cnncalc.importers.onnx.building import spatial_names

    settled = reading.settled(values)
    grown = [index for index, size in enumerate(call.size) if size != settled.sizes[index]]
    if len(call.size) != len(settled.dims) or len(grown) != 1:
        raise NoLayer("it repeats several axes")
    (dim,) = grown
    order = _order(settled)
    times = call.size[dim] // settled.sizes[dim]
    own = order[dim]
    sizes = list(settled.shape.torch)
    sizes[own - 1] *= times
    shape = Shape(sizes[0], tuple(sizes[1:]))
    fields = {"times": times, "over": spatial_names(settled.shape)[own]}
    return [reading.plain(reading.emit("tile", (settled.node,), shape, fields), order)]


def _longer(values: Values, rank: int) -> Values:
    if values.dims[0]:
        raise NoLayer("its batch meets another axis")
    return Values(values.node, values.shape, ((),) * (rank - len(values.dims)) + values.dims)


def _order(settled: Values) -> tuple[int, ...]:
    """Which axis of the layer each axis of a settled tensor is, those of size 1 included."""
    channel = settled.channel_dim
    others = [dim for dim in range(1, len(settled.dims)) if dim != channel]
    order = [0] * len(settled.dims)
    for place, dim in enumerate([channel, *others]):
        order[dim] = place + 1
    return tuple(order)


@operator("Concat")
def concat(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`concat`; a learned token before the others is `class_token`."""
    from cnncalc.importers.onnx.building import spatial_names

    tensors = [entry for entry in call.inputs if isinstance(entry, Values)]
    if any(isinstance(entry, OnnxScores | Lost) for entry in call.inputs):
        raise NoLayer("it joins what no layer computes")
    rank = len(tensors[0].dims)
    axis = int(call.attributes["axis"]) % rank
    if axis == 0:
        raise NoLayer("it joins batches")
    if len(call.inputs) == 1:
        return [tensors[0]]
    if (turned := rolled(reading, call, tensors, axis)) is not None:
        return [turned]
    channel = next(
        (item.channel_dim for item in tensors if item.has_channels_in(item.channel_dim) and item.channel_dim),
        1,
    )
    others = [dim for dim in range(1, rank) if dim != channel]
    nodes = []
    for index, entry in enumerate(call.inputs):
        if isinstance(entry, Values):
            nodes.append(reading.settled(entry, channel).node)
            continue
        weight = call.needed(index)
        sizes = (1,) * (rank - len(weight.sizes)) + weight.sizes
        if sizes[0] != 1 and sizes[0] != reading.batch:
            raise NoLayer("it joins a tensor for each image")
        if (
            index == 0
            and len(call.inputs) == 2
            and rank == 3
            and channel == 2
            and sizes[1] == 1
            and axis == 1
        ):
            rest = reading.settled(tensors[0], channel)
            shape = Shape(rest.shape.channels, (rest.shape.positions + 1,))
            weights = {"class_token": reading.taken(weight)}
            return [
                reading.plain(reading.emit("class_token", (rest.node,), shape, {}, weights), (0, 2, CHANNELS))
            ]
        nodes.append(reading.learned(weight, sizes, (channel, *others)))
    shape = Shape(call.size[channel], tuple(call.size[dim] for dim in others))
    place = 1 if axis == channel else 2 + others.index(axis)
    fields = {} if place == 1 else {"over": spatial_names(shape)[place]}
    order = [0] * rank
    for number, dim in enumerate([channel, *others]):
        order[dim] = number + 1
    return [reading.plain(reading.emit("concat", nodes, shape, fields), tuple(order))]


@operator("DepthToSpace", "SpaceToDepth")
def blocks(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`depth_to_space`, `pixel_shuffle`, `space_to_depth`."""
    values = reading.settled(call.values(), 1)
    factor = int(call.attributes["blocksize"])
    shape = Shape(call.size[1], call.size[2:])
    if call.op == "SpaceToDepth":
        return [reading.plain(reading.emit("space_to_depth", (values.node,), shape, {"block": factor}))]
    if call.attributes.get("mode", b"DCR") == b"CRD":
        return [
            reading.plain(reading.emit("pixel_shuffle", (values.node,), shape, {"upscale_factor": factor}))
        ]
    return [reading.plain(reading.emit("depth_to_space", (values.node,), shape, {"block": factor}))]
