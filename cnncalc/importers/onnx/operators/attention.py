"""Products of matrices: fully-connected layers, `matmul`, and attention."""

from dataclasses import replace
from math import isclose, prod, sqrt
from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.heads import (
    Core,
    heads_of,
    is_lower_triangle,
    is_of_offsets,
    rows_are_all,
    windows_of,
)
from cnncalc.importers.onnx.operators._numbers import rounded
from cnncalc.importers.onnx.operators._products import turned
from cnncalc.importers.onnx.operators._projected import with_projections
from cnncalc.importers.onnx.operators.convolution import learned_bias
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
    transposed,
)
from cnncalc.shape import Shape

# Operations between the scores of an attention and their softmax.
_BETWEEN = ("Mul", "Div", "Add", "Where", "Cast", "Identity", "Reshape", "Dropout", "Sub", "Clip", "Max")


@operator("MatMul")
def matmul(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`linear` or `fc` for a matrix of weights; else `matmul` or a part of attention."""
    left, right = call.given(0), call.given(1)
    if isinstance(left, OnnxScores) and isinstance(right, Values) and left.is_softmax:
        return [attended(reading, left, right)]
    if isinstance(left, Values) and isinstance(right, OnnxWeight | Constant):
        weight = call.needed(1)
        if len(weight.sizes) != 2:
            raise NoLayer("its weights are several matrices")
        return [_connected(reading, call, left, weight.sizes[1], reading.taken(weight, "transpose"), None)]
    if isinstance(left, Values) and isinstance(right, Values):
        if _is_attention(reading, call.outputs[0]):
            order = [*range(len(right.dims) - 2), len(right.dims) - 1, len(right.dims) - 2]
            return [OnnxScores(left, transposed(right, order), call.size)]
        return [_product(reading, left, right)]
    raise NoLayer("")


@operator("Gemm")
def gemm(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`fc`, or `linear` where the rows are positions."""
    attributes = call.attributes
    if attributes.get("transA") or attributes.get("alpha", 1.0) != 1 or attributes.get("beta", 1.0) != 1:
        raise NoLayer("its operands have factors, or the first is transposed")
    weight, bias = call.needed(1), learned_bias(reading, call, 2)
    is_turned = bool(attributes.get("transB"))
    units = weight.sizes[0 if is_turned else 1]
    taken = reading.taken(weight, "" if is_turned else "transpose")
    shift = None
    if bias is not None:
        if prod(bias.sizes) != units:
            raise NoLayer("its bias is another for each row")
        shift = reading.taken(bias)
    return [_connected(reading, call, call.values(), units, taken, shift)]


def _connected(
    reading: OnnxReading, call: OnnxCall, values: Values, units: int, weight: Taken, bias: Taken | None
) -> Values:
    last = len(values.dims) - 1
    weights = {"weight": weight, **({"bias": bias} if bias is not None else {})}
    fields = {"units": units, "bias": bias is not None}
    if len(values.dims) == 2 and values.dims[0] == (AxisPart(BATCH, reading.batch),):
        if values.shape.rank and not (values.shape.positions == 1 and values.has_channels_in(1)):
            values = reading.settled(values, 1)
        name = reading.emit("fc", (values.node,), Shape(units), fields, weights)
        return reading.plain(name)
    result = reading.channelwise("linear", values, last, units, fields, weights)
    return result if _is_biased_next(reading, call) else joined_with_core(reading, result)


def joined_with_core(reading: OnnxReading, values: Values) -> Values:
    """The output of the layer that a linear layer ends, or that of the linear layer."""
    whole = with_projections(reading, values.node)
    return values if whole is None else Values(whole, values.shape, values.dims)


def _is_biased_next(reading: OnnxReading, call: OnnxCall) -> bool:
    """Whether a bias is added to the result by the next operation."""
    after = reading.after.get(call.outputs[0], [])
    if len(after) != 1 or after[0].op_type != "Add":
        return False
    others = [name for name in after[0].input if name != call.outputs[0]]
    return len(others) == 1 and isinstance(
        reading.known.get(others[0]) or reading.entry_of_weight(others[0]), OnnxWeight
    )


def _is_attention(reading: OnnxReading, name: str) -> bool:
    """Whether a tensor becomes, by way of a softmax, the left factor of another product."""
    soft = False
    for _ in range(8):
        after = reading.after.get(name, [])
        if len(after) != 1:
            return False
        node = after[0]
        if soft and _multiplies(node):
            return bool(node.input[0] == name)
        if node.op_type == "Softmax":
            soft = True
        elif node.op_type not in _BETWEEN:
            return False
        name = node.output[0]
    return False


def _multiplies(node: Any) -> bool:
    """Whether an operation is a product of matrices."""
    return node.op_type == "MatMul" or (
        node.op_type == "Einsum"
        and any(item.name == "equation" and turned(item.s.decode()) is False for item in node.attribute)
    )


def _product(reading: OnnxReading, left: Values, right: Values) -> Values:
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


def with_bias(reading: OnnxReading, scores: OnnxScores, other: Entry | None) -> OnnxScores:
    """Scores with a learned bias, or with a mask."""
    if isinstance(other, OnnxWeight):
        return replace(scores, biases=(*scores.biases, other))
    if isinstance(other, Constant) and other.array.ndim >= 2 and scores.mask is None:
        return replace(scores, mask=other.array) if other.array.any() else scores
    return replace(scores, unclear=scores.unclear or "a tensor is added to its scores")


def attended(reading: OnnxReading, scores: OnnxScores, values: Values) -> Values:
    """`attention` without projections: its operands have the channels of each head, one head after another."""
    queries, factor = _unscaled(reading, scores.queries)
    keys, other = _unscaled(reading, scores.keys)
    scale = scores.scale * factor * other
    width, wide = queries.sizes[-1], values.sizes[-1]
    heads = heads_of(queries)
    operands = (queries, keys, values)
    if heads is None or any(heads_of(item) != heads for item in operands):
        raise NoLayer("its heads are no parts of the channels")
    fields: dict[str, Any] = {"heads": heads, "project": False}
    if not isclose(scale, 1 / sqrt(width), rel_tol=1e-4):
        fields["scale"] = rounded(scale)
    shape = Shape(heads * wide, queries.shape.spatial)
    sources = (queries.node, keys.node, values.node)
    windows = None if all(map(rows_are_all, operands)) else windows_of(queries)
    has_table, table, why = _relative(reading, scores, windows[0] if windows else keys.shape.spatial, heads)
    why = scores.unclear or why
    core = Core(sources, heads, fields, None, False, has_table, scores.mask, table)
    if windows is not None:
        core = replace(core, window=windows[0], is_grid=windows[1])
        why = why or ("" if all(windows_of(item) == windows for item in operands) else "its windows differ")
    elif not all(map(rows_are_all, operands)):
        why = why or "it attends within parts of the image"
    if scores.mask is not None and windows is None:
        if is_lower_triangle(scores.mask):
            fields["causal"] = True
        else:
            why = why or "some of its scores are masked"
    if has_table and windows is None:
        fields["relative"] = "offsets"
    if why or windows is not None:
        roots = {
            root: Taken(root, tuple(reading.model.initializers[root].dims))
            for tensor in scores.biases
            for root in tensor.roots
        }
        macs = _macs(queries, keys, values, reading.batch)
        note = why or "it attends within windows"
        name = reading.unknown("attention", sources, shape, roots, macs, note)
    else:
        weights = {"relative_position_bias_table": table} if table is not None else {}
        name = reading.emit("attention", sources, shape, fields, weights)
    if not why:
        reading.cores[name] = core
    dims = list(queries.dims)
    dims[-1] = (AxisPart(CHANNELS, wide, 1),) if wide > 1 else ()
    for index, parts in enumerate(dims[:-1]):
        dims[index] = tuple(
            AxisPart(CHANNELS, part.size, wide) if part.axis == CHANNELS else part for part in parts
        )
    return Values(name, shape, tuple(dims))


def _unscaled(reading: OnnxReading, values: Values) -> tuple[Values, float]:
    """The tensor before a constant factor, and the factor."""
    node = reading.nodes.get(values.node)
    if node is None or node.type != "scale":
        return values, 1.0
    return Values(node.sources[0], values.shape, values.dims), float(node.fields["factor"])


def _relative(
    reading: OnnxReading, scores: OnnxScores, sides: tuple[int, ...], heads: int
) -> tuple[bool, Taken | None, str]:
    """Whether a learned bias is one for each head and offset, its table, and what else is added.

    An exporter may have put the numbers of the table in their places: then there is no table, and they show it.
    """
    if not scores.biases:
        return False, None, ""
    (tensor, *more) = scores.biases
    other = "a learned tensor is added to its scores"
    if more or len(tensor.roots) != 1:
        return False, None, other
    root = reading.model.initializers[tensor.roots[0]]
    offsets = prod(2 * side - 1 for side in sides)
    if tuple(root.dims) in ((offsets, heads), (heads, offsets)):
        change = "" if tuple(root.dims) == (offsets, heads) else "transpose"
        return True, Taken(tensor.roots[0], tuple(root.dims), change), ""
    if prod(root.dims) != heads * prod(sides) ** 2:
        return False, None, other
    numbers = reading.constant(tensor)
    return (True, None, "") if numbers is not None and is_of_offsets(numbers, sides) else (False, None, other)


def _macs(queries: Values, keys: Values, values: Values, batch: int) -> int:
    """Products of both matrices, for one image."""
    rows, width, wide = prod(queries.sizes[:-1]), queries.sizes[-1], values.sizes[-1]
    return rows * keys.sizes[-2] * (width + wide) // batch
