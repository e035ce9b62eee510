"""Norms that exporters write as several operations: recognised at the division that ends them."""

from typing import Any

from cnncalc.importers.draft import DraftNode
from cnncalc.importers.onnx.operators._numbers import rounded, usual
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import Values


def norm_of(reading: OnnxReading, left: Values, right: Values) -> Values | None:
    """The norm that ends with `left / right`; None if it is another division."""
    root = reading.nodes.get(right.node)
    if root is None:
        return None
    if root.type == "pow":
        return _local_response(reading, left, root)
    if root.type != "sqrt":
        return None
    added = _only(reading, root)
    eps = _number(added, "add")
    mean = _only(reading, added)
    if eps is None or mean is None or not _over_channels(mean):
        return None
    squared = _squared(_only(reading, mean))
    if squared is None or squared != left.node:
        return None
    centred = reading.nodes.get(left.node)
    shape = reading.shapes[left.node]
    if centred is not None and centred.type == "sub" and len(centred.sources) == 2:
        source, middle = centred.sources
        average = reading.nodes.get(middle)
        if average is not None and _over_channels(average) and average.sources == (source,):
            type_ = "ln" if shape.rank < 2 else "ln2d"
            name = reading.emit(type_, (source,), shape, usual(type_, {"eps": rounded(eps), "affine": False}))
            return Values(name, shape, left.dims)
    fields = {"eps": rounded(eps), "affine": False}
    name = reading.emit("rms_norm", (left.node,), shape, fields)
    return Values(name, shape, left.dims)


def _only(reading: OnnxReading, node: DraftNode | None) -> DraftNode | None:
    """The layer that a layer with one operand reads."""
    return None if node is None or len(node.sources) != 1 else reading.nodes.get(node.sources[0])


def _source(reading: OnnxReading, node: DraftNode | None) -> DraftNode | None:
    """The layer that a layer reads, without reshapes between them."""
    source = _only(reading, node)
    while source is not None and source.type == "reshape":
        source = _only(reading, source)
    return source


def _number(node: DraftNode | None, type_: str) -> float | None:
    """The number that is an operand of a layer beside the layer that it reads."""
    if node is None or node.type != type_:
        return None
    numbers = [item for item in node.fields.get("of", ()) if not isinstance(item, str)]
    return float(numbers[0]) if len(numbers) == 1 else None


def _over_channels(node: DraftNode) -> bool:
    return node.type == "mean" and node.fields.get("over") == "channels"


def _squared(node: DraftNode | None) -> str | None:
    """What is squared."""
    if node is None:
        return None
    if node.type == "mul" and len(node.sources) == 2 and node.sources[0] == node.sources[1]:
        return node.sources[0]
    return node.sources[0] if _number(node, "pow") == 2 else None


def _local_response(reading: OnnxReading, left: Values, power: DraftNode) -> Values | None:
    """`lrn`: squares, averaged over channels as if these were an axis, times alpha, plus k, to the power of beta."""
    beta = _number(power, "pow")
    added = _only(reading, power)
    k = _number(added, "add")
    scaled = _only(reading, added)
    pooled = _source(reading, scaled)
    padded = _source(reading, pooled)
    if beta is None or k is None or scaled is None or scaled.type != "scale":
        return None
    if pooled is None or pooled.type != "avgpool" or padded is None or padded.fields.get("op") != "Pad":
        return None
    kernel = pooled.fields["kernel"]
    squares = _source(reading, padded)
    if (
        _squared(squares) != left.node
        or not isinstance(kernel, list)
        or kernel[1:] != [1] * (len(kernel) - 1)
    ):
        return None
    fields: dict[str, Any] = {
        "size": kernel[0],
        "alpha": rounded(scaled.fields["factor"]),
        "beta": beta,
        "k": k,
    }
    shape = reading.shapes[left.node]
    return Values(reading.emit("lrn", (left.node,), shape, usual("lrn", fields)), shape, left.dims)
