"""A computed tensor and a learned one in one operation: a bias or factor of the layer before, or a tensor alone."""

from typing import Any

from cnncalc.importers.onnx.operators._broadcast import TYPES
from cnncalc.importers.onnx.operators.attention import joined_with_core
from cnncalc.importers.onnx.operators.convolution import biased
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import (
    CHANNELS,
    NoLayer,
    OnnxWeight,
    Values,
)
from cnncalc.shape import Shape

# Layers whose bias an exporter adds in an operation of its own.
_BIASED = ("linear", "fc", "conv", "conv_transpose")


# Norms whose factors and shifts an exporter writes as operations of their own.
_NORMS = ("gn", "instance_norm", "ln", "ln2d", "rms_norm")


def with_learned(
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
    name = reading.emit(TYPES[op], operands, Shape(own[0], tuple(own[1:])))
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
