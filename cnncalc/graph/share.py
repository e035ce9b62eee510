"""`share`: whether one layer's weights can serve another."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.graph import faults
from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.names import Names
from cnncalc.graph.node import BoundLayer, Node
from cnncalc.graph.scope import Scope
from cnncalc.spec import ValueExpr


class SharedWeights:
    """The weights that `share` names, looked up when the layer that is to use them is made."""

    def __init__(self, growing: Growing, names: Names, given: ValueExpr, scope: Scope) -> None:
        self._growing, self._names, self._given, self._scope = growing, names, given, scope

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """The node whose weights the next node uses, and whether they are unknown.

        Where that can't be, which is reported, the node is None and the weights are unknown.
        """
        growing, given = self._growing, self._given
        try:
            found = self._names.find_layer(given, self._scope)
        except Unbound:
            return None, True
        if found == index:
            self._refuse(name, "is this layer: `share` names an earlier one")
            return None, True
        owner = growing.nodes[growing.nodes[found].owner]
        if owner.is_input:
            self._refuse(owner.name, "is an input, and has no weights")
            return None, True
        if fault := self._misfit(name, kind, fit, owner):
            growing.report(fault, self._scope)
            return None, True
        return owner.index, owner.learns_unknown

    def _refuse(self, name: str, fact: str) -> None:
        self._growing.report(faults.SHARE_MISMATCH.at(self._given.span, f"`{name}` {fact}"), self._scope)

    def _misfit(self, name: str, kind: str, fit: BoundLayer | None, owner: Node) -> Diagnostic | None:
        """What keeps a layer from using the weights of `owner`; None where they fit, or are not known."""
        if fit is None or owner.fit is None:
            return None
        line = self._growing.line(owner)
        where = Note(f"`{owner.name}` is at line {line}", owner.item.span if owner.item else None)
        if kind != owner.kind:
            message = f"`{name}` is {kind} and `{owner.name}` is {owner.kind}: their weights differ in kind"
            return faults.SHARE_MISMATCH.at(self._given.span, message, notes=[where])
        mine = {weight.name: weight.shape for weight in fit.layer.weights(fit.inputs)}
        theirs = {weight.name: weight.shape for weight in owner.fit.layer.weights(owner.fit.inputs)}
        for weight in {**mine, **theirs}:
            if mine.get(weight) != theirs.get(weight):
                here, there = (_written(shapes.get(weight)) for shapes in (mine, theirs))
                message = f"`{weight}` is {here} in `{name}` and {there} in `{owner.name}`"
                return faults.SHARE_MISMATCH.at(self._given.span, message, notes=[where])
        return None


def _written(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else f"({', '.join(map(str, shape))})"
