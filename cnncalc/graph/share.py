"""`share`: whether one layer's weights can serve another."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.graph import faults
from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.model import Node
from cnncalc.graph.names import Names
from cnncalc.graph.scope import Scope
from cnncalc.spec import ValueExpr


def share(growing: Growing, names: Names, node: Node, given: ValueExpr, scope: Scope) -> None:
    """Let `node` use the weights of the layer that is named, or report why it can't."""
    # Until the owner of the weights is found and fits.
    node.learns_unknown = True
    try:
        at = names.find(given, scope, growing.layers)
    except Unbound:
        return
    owner = growing.nodes[growing.nodes[at].owner]
    if owner.is_input or owner is node:
        what = (
            "is an input, and has no weights"
            if owner.is_input
            else "is this layer: `share` names an earlier one"
        )
        growing.report(faults.SHARE_MISMATCH.at(given.span, f"`{owner.name}` {what}"), scope)
        return
    if fault := _problem(node, owner, given, growing.line(owner)):
        growing.report(fault, scope)
    else:
        node.owner = owner.index
        node.learns_unknown = owner.learns_unknown


def _problem(node: Node, owner: Node, given: ValueExpr, line: int | None) -> Diagnostic | None:
    """What keeps `node` from using the weights of `owner`; None where they fit, or are not known."""
    if node.fit is None or owner.fit is None:
        return None
    where = Note(f"`{owner.name}` is at line {line}", owner.item.span if owner.item else None)
    if node.kind != owner.kind:
        message = (
            f"`{node.name}` is {node.kind} and `{owner.name}` is {owner.kind}: their weights differ in kind"
        )
        return faults.SHARE_MISMATCH.at(given.span, message, notes=[where])
    mine = {weight.name: weight.shape for weight in node.fit.layer.weights(node.fit.inputs)}
    theirs = {weight.name: weight.shape for weight in owner.fit.layer.weights(owner.fit.inputs)}
    for name in {**mine, **theirs}:
        if mine.get(name) != theirs.get(name):
            one, other = (_told(shapes.get(name)) for shapes in (mine, theirs))
            message = f"`{name}` is {one} in `{node.name}` and {other} in `{owner.name}`"
            return faults.SHARE_MISMATCH.at(given.span, message, notes=[where])
    return None


def _told(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else f"({', '.join(map(str, shape))})"
