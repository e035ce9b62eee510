"""Layers with several operands: merges of branches, and operations that have no layer."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.scope import Scope
from cnncalc.layers import Layer, shown
from cnncalc.spec import Item, LayerCall, MergeItem, Operand, UnknownItem, ValueExpr
from cnncalc.spec import faults as language
from cnncalc.vocabulary.unknown import UnknownOperation

if TYPE_CHECKING:
    from cnncalc.graph.block_uses import Turn
    from cnncalc.graph.share import Lender


class Joins:
    """Expands what has several operands: `branch` expands a branch, `resolve` looks up the name of an operand."""

    def __init__(
        self,
        growing: Growing,
        binder: Binder,
        branch: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        resolve: Callable[[ValueExpr, int | None, Scope], int | None],
    ) -> None:
        self._growing, self._binder, self._branch, self._resolve = growing, binder, branch, resolve

    def merge(self, item: MergeItem, entering: int | None, scope: Scope, turn: "Turn") -> int:
        """Expand a merge: its operands (branches are expanded first), and the layer that joins them."""
        numbers: list[float | None] = []
        ends, broken = self._ends(item, item.operands, entering, scope, numbers)
        if not broken and not ends:
            message = f"all operands of `{item.layer.key}` are numbers"
            help = f"one at least is a layer: `{item.layer.key}: [prev, {shown(numbers[-1])}]`"
            self._growing.report(language.TOO_FEW_OPERANDS.at(item.span, message, help=help), scope)
            broken = True
        given = tuple(numbers) if any(number is not None for number in numbers) else ()
        lender = None if turn.share is None else turn.share.of_layer(scope.repetition)
        return self.join(
            item, item.layer, ends, scope, item.call, broken=broken, numbers=given, weights=lender
        )

    def unknown(self, item: UnknownItem, entering: int | None, scope: Scope) -> int:
        """Add the node of an operation that has no layer, with its operands."""
        from cnncalc.graph.unknown_operation import note, operation

        ends: list[int] = []
        broken = False
        if item.operands is not None:
            ends, broken = self._ends(item, item.operands, entering, scope)
        else:
            try:
                ends = [self._growing.entered(item, entering, scope)]
            except Unbound:
                broken = True
        name = self._growing.name(item, UnknownOperation.key, scope)
        try:
            if broken:
                raise Unbound(reported=True)
            shape = self._growing.nodes[ends[0]].shape
            layer = operation(self._growing, self._binder, item, shape, scope)
        except Unbound as stop:
            kind = UnknownOperation.key
            return self._growing.unknown(ends, name, kind, item, scope, reported=stop.reported).index
        learns_unknown = layer.params is None or layer.buffers_count is None
        node = self._growing.add(layer, tuple(ends), name, item, scope, learns_unknown=learns_unknown)
        if node.shape is not None:
            self._growing.report(note(item, name, layer, node.shape), scope, free=True)
        return node.index

    def _ends(
        self,
        item: Item,
        operands: tuple[Operand, ...],
        entering: int | None,
        scope: Scope,
        numbers: list[float | None] | None = None,
    ) -> tuple[list[int], bool]:
        """The nodes of operands (branches are expanded first), and whether one of them is not known.

        Of a merge, each operand adds the number that it is to `numbers`, or None if it is none.
        """
        ends: list[int] = []
        broken = not operands
        for operand in operands:
            try:
                if numbers is not None and isinstance(item, MergeItem):
                    numbers.append(self._number(item, operand, entering, scope))
                    if numbers[-1] is not None:
                        continue
                if operand.branch is not None:
                    end = self._branch(operand.branch, entering, scope)
                    ends.append(self._growing.entered(item, end, scope))
                elif operand.reference is not None:
                    index = self._resolve(operand.reference, entering, scope)
                    ends.append(self._growing.entered(item, index, scope))
            except Unbound:
                broken = True
        return ends, broken

    def _number(self, item: MergeItem, operand: Operand, entering: int | None, scope: Scope) -> float | None:
        """The number that an operand is; None if it is none. Raises `Unbound` if a number does not fit there."""
        given = operand.reference
        if given is None or (given.constant and isinstance(given.value, str)):
            return None
        shape = self._growing.nodes[entering].shape if entering is not None else None
        value = self._binder.value(given, shape, scope)
        if isinstance(value, str | tuple | dict | bool) or value is None:
            return None
        if not item.layer.takes_numbers:
            message = f"`{item.layer.key}` joins layers, and this operand is the number {shown(value)}"
            self._growing.report(
                language.WRONG_VALUE.at(given.span, message, help="write the name of a layer, or `prev`"),
                scope,
            )
            raise Unbound(reported=True)
        return value if isinstance(value, int) else float(value)

    def join(
        self,
        item: Item,
        kind: type[Layer],
        ends: list[int],
        scope: Scope,
        call: LayerCall | None = None,
        *,
        broken: bool = False,
        numbers: tuple[float | None, ...] = (),
        exact: bool = False,
        weights: "Lender | None" = None,
    ) -> int:
        """Add the layer that joins the operands, which end at these nodes; `broken` if one of them is not known.

        `numbers` has all operands if some are numbers, with None for layers. With `exact` shapes must be equal.
        `weights` are those that it uses in place of its own.
        """
        name = self._growing.name(item, kind.key, scope)
        if broken:
            return self._growing.unknown(ends, name, kind.key, item, scope, reported=True).index
        if call is None:
            layer = self._binder.plain(kind)
        else:
            try:
                layer = self._binder.layer(kind, call, self._growing.nodes[ends[0]].shape, scope)
            except Unbound as stop:
                return self._growing.unknown(ends, name, kind.key, item, scope, reported=stop.reported).index
        if numbers or exact:
            fields = {"numbers": numbers} if numbers else {"exact": exact}
            layer = self._binder.with_fields(kind, fields)
        if item.controls.name is not None and isinstance(item, MergeItem):
            # From here on `share` means this layer, as for a layer with one input.
            self._growing.table.layers[scope.prefix + item.controls.name.text] = len(self._growing.nodes)
        return self._growing.add(layer, tuple(ends), name, item, scope, call, weights=weights).index
