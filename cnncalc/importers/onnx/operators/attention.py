"""Products of matrices: fully-connected layers, `matmul`, and attention."""

from dataclasses import replace
from math import isclose, prod, sqrt
from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.call import Call, operator
from cnncalc.importers.onnx.operators._numbers import rounded
from cnncalc.importers.onnx.reading import Reading
from cnncalc.importers.onnx.values import (
    BATCH,
    CHANNELS,
    Constant,
    Entry,
    Learned,
    NoLayer,
    Part,
    Scores,
    Values,
    transposed,
)
from cnncalc.shape import Shape

# Operations between the scores of an attention and their softmax.
_BETWEEN = ("Mul", "Div", "Add", "Where", "Cast", "Identity", "Reshape", "Dropout", "Sub", "Clip", "Max")


@operator("MatMul")
def matmul(reading: Reading, call: Call) -> list[Entry]:
    """`linear` or `fc` for a matrix of weights; else `matmul` or a part of attention."""
    left, right = call.given(0), call.given(1)
    if isinstance(left, Scores) and isinstance(right, Values) and left.is_softmax:
        return [attended(reading, left, right)]
    if isinstance(left, Values) and isinstance(right, Learned | Constant):
        weight = call.needed(1)
        if len(weight.sizes) != 2:
            raise NoLayer("its weights are several matrices")
        return [_connected(reading, left, weight.sizes[1], reading.taken(weight, "transpose"), None)]
    if isinstance(left, Values) and isinstance(right, Values):
        if _is_attention(reading, call.outputs[0]):
            order = [*range(len(right.dims) - 2), len(right.dims) - 1, len(right.dims) - 2]
            return [Scores(left, transposed(right, order), call.size)]
        return [_product(reading, left, right)]
    raise NoLayer("")


@operator("Gemm")
def gemm(reading: Reading, call: Call) -> list[Entry]:
    """`fc`, or `linear` where the rows are positions."""
    attributes = call.attributes
    if attributes.get("transA") or attributes.get("alpha", 1.0) != 1 or attributes.get("beta", 1.0) != 1:
        raise NoLayer("its operands have factors, or the first is transposed")
    weight, bias = call.needed(1), call.weight(2)
    is_turned = bool(attributes.get("transB"))
    units = weight.sizes[0 if is_turned else 1]
    taken = reading.taken(weight, "" if is_turned else "transpose")
    shift = None
    if bias is not None:
        if prod(bias.sizes) != units:
            raise NoLayer("its bias is another for each row")
        shift = reading.taken(bias)
    return [_connected(reading, call.values(), units, taken, shift)]


def _connected(reading: Reading, values: Values, units: int, weight: Taken, bias: Taken | None) -> Values:
    last = len(values.dims) - 1
    weights = {"weight": weight, **({"bias": bias} if bias is not None else {})}
    fields = {"units": units, "bias": bias is not None}
    if len(values.dims) == 2 and values.dims[0] == (Part(BATCH, reading.batch),):
        if values.shape.rank and not (values.shape.positions == 1 and values.has_channels_in(1)):
            values = reading.settled(values, 1)
        name = reading.emit("fc", (values.node,), Shape(units), fields, weights)
        return reading.plain(name)
    return reading.channelwise("linear", values, last, units, fields, weights)


def _is_attention(reading: Reading, name: str) -> bool:
    """Whether a tensor becomes, by way of a softmax, the left factor of another product."""
    soft = False
    for _ in range(8):
        after = reading.after.get(name, [])
        if len(after) != 1:
            return False
        node = after[0]
        if node.op_type == "MatMul" and soft:
            return bool(node.input[0] == name)
        if node.op_type == "Softmax":
            soft = True
        elif node.op_type not in _BETWEEN:
            return False
        name = node.output[0]
    return False


def _product(reading: Reading, left: Values, right: Values) -> Values:
    """`matmul`: rows are positions, columns are channels, each exchanged where the channels lie in the rows."""
    if len(left.dims) != 3 or len(right.dims) != 3:
        raise NoLayer("it multiplies several matrices for each image")
    columns = right.sizes[2]
    first, second = left.has_channels_in(1), right.has_channels_in(1)
    ways = {(False, False): "none", (True, False): "first", (False, True): "second", (True, True): "both"}
    left_settled = reading.settled(left, 1 if first else 2)
    right_settled = reading.settled(right, 1 if second else 2)
    shape = Shape(columns, (left.sizes[1],))
    fields = {"transpose": ways[first, second]} if first or second else {}
    name = reading.emit("matmul", (left_settled.node, right_settled.node), shape, fields)
    return reading.plain(name, (BATCH, 2, CHANNELS))


def with_bias(reading: Reading, scores: Scores, other: Entry | None) -> Scores:
    """Scores with a learned bias, or with the mask of what comes later."""
    if isinstance(other, Learned):
        return replace(scores, biases=(*scores.biases, other))
    if isinstance(other, Constant):
        import numpy

        mask = other.array.reshape(-1, *other.array.shape[-2:]) if other.array.ndim > 1 else other.array
        if not other.array.any():
            return scores
        if mask.ndim == 3 and mask.shape[0] == 1 and mask.shape[1] == mask.shape[2]:
            seen = mask[0] > -1e4
            if (seen == numpy.tril(numpy.ones_like(seen))).all() and not mask[0][seen].any():
                return replace(scores, is_causal=True)
        return replace(scores, unclear=scores.unclear or "some of its scores are masked")
    return replace(scores, unclear=scores.unclear or "a tensor is added to its scores")


def attended(reading: Reading, scores: Scores, values: Values) -> Values:
    """`attention` without projections: its operands have the channels of each head, one head after another."""
    queries, keys, scale = scores.queries, scores.keys, scores.scale
    queries, factor = _unscaled(reading, queries)
    keys, other = _unscaled(reading, keys)
    scale *= factor * other
    width, wide = queries.sizes[-1], values.sizes[-1]
    heads = _heads(queries)
    why = scores.unclear
    try:
        if heads is None or any(_heads(item) != heads for item in (keys, values)):
            raise NoLayer("its heads are no parts of the channels")
        for item in (queries, keys, values):
            _check(item, heads)
        fields: dict[str, Any] = {"heads": heads, "project": False}
        if wide != width and wide * heads != values.shape.channels:
            raise NoLayer("its values have other heads")
        if not isclose(scale, 1 / sqrt(width), rel_tol=1e-4):
            fields["scale"] = rounded(scale)
        if scores.is_causal:
            fields["causal"] = True
        weights = _relative(reading, scores, keys, heads, fields)
        if why:
            raise NoLayer(why)
        shape = Shape(heads * wide, queries.shape.spatial)
        sources = (queries.node, keys.node, values.node)
        name = reading.emit("attention", sources, shape, fields, weights)
    except NoLayer as reason:
        if heads is None or queries.shape.channels != heads * width:
            raise
        shape = Shape(heads * wide, queries.shape.spatial)
        macs = _macs(queries, keys, values, reading.batch)
        roots = {
            root: Taken(root, tuple(reading.model.initializers[root].dims))
            for tensor in scores.biases
            for root in tensor.roots
        }
        sources = (queries.node, keys.node, values.node)
        name = reading.unknown("attention", sources, shape, roots, macs, str(reason))
    dims = list(queries.dims)
    dims[-1] = (Part(CHANNELS, wide, 1),) if wide > 1 else ()
    for index, parts in enumerate(dims[:-1]):
        dims[index] = tuple(
            Part(CHANNELS, part.size, wide) if part.axis == CHANNELS else part for part in parts
        )
    return Values(name, shape, tuple(dims))


def _unscaled(reading: Reading, values: Values) -> tuple[Values, float]:
    """The tensor before a constant factor, and the factor."""
    node = reading.nodes.get(values.node)
    if node is None or node.type != "scale":
        return values, 1.0
    return Values(node.sources[0], values.shape, values.dims), float(node.fields["factor"])


def _heads(values: Values) -> int | None:
    """The number of heads: the channels are those of each head, and within a head one after another."""
    width = values.sizes[-1]
    last = values.dims[-1]
    if last != ((Part(CHANNELS, width, 1),) if width > 1 else ()):
        return None
    parts = [part for parts in values.dims[:-1] for part in parts if part.axis == CHANNELS]
    if not parts:
        return 1 if values.shape.channels == width else None
    if len(parts) == 1 and parts[0].step == width and parts[0].size * width == values.shape.channels:
        return parts[0].size
    return None


def _check(values: Values, heads: int) -> None:
    """Raises `NoLayer` if rows are not all positions of an image."""
    rows = list(values.dims[-2])
    whole = [part for axis in range(2, values.shape.rank + 2) for part in values.axis(axis)]
    if rows != whole:
        raise NoLayer("it attends within windows")


def _relative(
    reading: Reading, scores: Scores, keys: Values, heads: int, fields: dict[str, Any]
) -> dict[str, Taken]:
    """The table of a bias for each head and relative position."""
    if not scores.biases:
        return {}
    (tensor, *more) = scores.biases
    table = reading.model.initializers.get(tensor.roots[0]) if len(tensor.roots) == 1 and not more else None
    sides = [2 * size - 1 for size in keys.shape.spatial]
    if table is None or sorted(table.dims) != sorted((prod(sides), heads)):
        raise NoLayer("a learned tensor is added to its scores")
    fields["relative"] = "offsets"
    turned = "" if tuple(table.dims) == (prod(sides), heads) else "transpose"
    return {"relative_position_bias_table": Taken(tensor.roots[0], tuple(table.dims), turned)}


def _macs(queries: Values, keys: Values, values: Values, batch: int) -> int:
    """Products of both matrices, for one image."""
    rows, width, wide = prod(queries.sizes[:-1]), queries.sizes[-1], values.sizes[-1]
    return rows * keys.sizes[-2] * (width + wide) // batch


