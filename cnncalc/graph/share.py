"""`share`: whether one layer's weights can serve another."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.graph import _faults
from cnncalc.graph.model import Node
from cnncalc.spec import Given


def share_problem(node: Node, owner: Node, given: Given, line: int | None) -> Diagnostic | None:
    """What keeps `node` from using the weights of `owner`; None where they fit, or are not known."""
    if node.fit is None or owner.fit is None:
        return None
    where = Note(f"`{owner.name}` is at line {line}", owner.item.span if owner.item else None)
    if node.kind != owner.kind:
        message = (
            f"`{node.name}` is {node.kind} and `{owner.name}` is {owner.kind}: their weights differ in kind"
        )
        return _faults.SHARE_MISMATCH.at(given.span, message, notes=[where])
    mine = {weight.name: weight.shape for weight in node.fit.layer.weights(node.fit.inputs)}
    theirs = {weight.name: weight.shape for weight in owner.fit.layer.weights(owner.fit.inputs)}
    for name in {**mine, **theirs}:
        if mine.get(name) != theirs.get(name):
            one, other = (_told(shapes.get(name)) for shapes in (mine, theirs))
            message = f"`{name}` is {one} in `{node.name}` and {other} in `{owner.name}`"
            return _faults.SHARE_MISMATCH.at(given.span, message, notes=[where])
    return None


def _told(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else f"({', '.join(map(str, shape))})"
