"""Items that hold items: blocks, merges of branches, residuals with their shortcuts."""

from collections.abc import Callable
from typing import Any

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.node import BlockUse
from cnncalc.graph.scope import Origin, Scope
from cnncalc.layers import Layer, shown
from cnncalc.shape import Shape
from cnncalc.spec import (
    IDENTITY,
    OPTIONAL,
    PROJECT,
    UNREADABLE,
    BlockItem,
    Item,
    LayerCall,
    MergeItem,
    Operand,
    ResidualItem,
    ValueExpr,
    faults,
)


class Structures:
    """Expands structures: `expand` and `branch` expand their items, `resolve` looks up names of operands."""

    def __init__(
        self,
        growing: Growing,
        binder: Binder,
        expand: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        branch: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        resolve: Callable[[ValueExpr, int | None, Scope], int | None],
    ) -> None:
        self._growing, self._binder = growing, binder
        self._expand, self._branch, self._resolve = expand, branch, resolve

    def block(self, item: BlockItem, entering: int | None, scope: Scope, *, first: bool) -> int | None:
        """Expand one use of a block, with its parameters evaluated at its place."""
        growing = self._growing
        block = growing.spec.blocks[item.block]
        name = growing.name(item, item.block, scope)
        shape = growing.nodes[entering].shape if entering is not None else None
        call = item.first if first else None
        givens = {**item.call.computed, **(call.computed if call else {})}
        if not item.call.whole or (call is not None and not call.whole):
            growing.counted = False
            return growing.unknown((entering,), name, item.block, item, scope, reported=True).index
        # Both are filled below: a parameter's default may use the parameters before it.
        parameters: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        frame = BlockUse(name, item, parameters, scope.frame)
        inner = scope.of_block(frame, block.names, origins, entering)
        if entering is None and any(given.reads_input for given in givens.values()):
            growing.lacks_input(item, entering, scope)
        for key, given in givens.items():
            if key in block.parameters:
                parameters[key] = self._argument(given, shape, scope)
                origins[key] = scope.origin(given) or Origin(scope, entering, given.span)
        for key, parameter in block.parameters.items():
            if key in parameters:
                continue
            if (default := parameter.default) is None:
                # `first` has everything that the other repetitions have: missing arguments have been reported.
                parameters[key] = UNREADABLE
                continue
            if entering is None and default.reads_input:
                growing.lacks_input(item, entering, scope)
            parameters[key] = self._argument(default, shape, inner)
            if (origin := inner.origin(default)) is not None:
                origins[key] = origin
        last = self._expand(block.items, entering, inner)
        if last is not None:
            growing.table.ends[name] = last
        return last

    def _argument(self, given: ValueExpr, entering: Shape | None, scope: Scope) -> Any:
        """An argument's value; `UNREADABLE` if it has none: only its uses are unknown then."""
        try:
            return self._binder.value(given, entering, scope)
        except Unbound:
            return UNREADABLE

    def merge(self, item: MergeItem, entering: int | None, scope: Scope) -> int:
        """Expand a merge: its operands (branches are expanded first), and the layer that joins them."""
        ends: list[int] = []
        numbers: list[float | None] = []
        broken = not item.operands
        for operand in item.operands:
            try:
                if (number := self._number(item, operand, entering, scope)) is not None:
                    numbers.append(number)
                    continue
                numbers.append(None)
                if operand.branch is not None:
                    end = self._branch(operand.branch, entering, scope)
                    ends.append(self._growing.entered(item, end, scope))
                elif operand.reference is not None:
                    index = self._resolve(operand.reference, entering, scope)
                    ends.append(self._growing.entered(item, index, scope))
            except Unbound:
                broken = True
        if not broken and not ends:
            message = f"all operands of `{item.layer.key}` are numbers"
            help = f"one at least is a layer: `{item.layer.key}: [prev, {shown(numbers[-1])}]`"
            self._growing.report(faults.TOO_FEW_OPERANDS.at(item.span, message, help=help), scope)
            broken = True
        given = tuple(numbers) if any(number is not None for number in numbers) else ()
        return self._join(item, item.layer, ends, scope, item.call, broken=broken, numbers=given)

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
                faults.WRONG_VALUE.at(given.span, message, help="write the name of a layer, or `prev`"), scope
            )
            raise Unbound(reported=True)
        return value if isinstance(value, int) else float(value)

    def residual(self, item: ResidualItem, entering: int | None, scope: Scope) -> int:
        """Expand a residual: its body, its shortcut, and their sum."""
        from cnncalc.layers.add import Add

        try:
            source = self._growing.entered(item, entering, scope)
        except Unbound:
            return self._join(item, Add, [], scope, broken=True)
        body = self._branch(item.body, source, scope)
        assert body is not None
        side: int | None = source
        if isinstance(item.shortcut, tuple):
            side = self._branch(item.shortcut, source, scope)
        else:
            before, after = self._growing.nodes[source].shape, self._growing.nodes[body].shape
            if None in (before, after) and item.shortcut != IDENTITY:
                # A projection is its own layer, and an addition may be left out.
                self._growing.counted = False
            self._growing.residuals.append((source, body))
            if before != after and None not in (before, after):
                if item.shortcut == OPTIONAL:
                    return body
                if item.shortcut == PROJECT:
                    side = self._project(item, source, body, scope)
        assert side is not None
        shapes = {self._growing.nodes[index].shape for index in (body, side)}
        # A residual never broadcasts: shapes that differ are an error there.
        return self._join(item, Add, [body, side], scope, exact=len(shapes) > 1)

    def _project(self, item: ResidualItem, source: int, body: int, scope: Scope) -> int:
        from cnncalc.graph.project import projection

        name = scope.automatic("project")
        last = source
        for suffix, layer in projection(self._growing.nodes, source, body, self._binder):
            last = self._growing.add(layer, (last,), name + suffix, item, scope).index
        self._growing.table.end(name, last)
        return last

    def _join(
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
    ) -> int:
        """Add the layer that joins the operands, which end at these nodes; `broken` if one of them is not known.

        `numbers` has all operands if some are numbers, with None for layers. With `exact` shapes must be equal.
        """
        name = self._growing.name(item, kind.key, scope)
        if broken:
            return self._growing.unknown(ends, name, kind.key, item, scope, reported=True).index
        layer = self._binder.plain(kind)
        if call is not None:
            try:
                layer = self._binder.layer(kind, call, self._growing.nodes[ends[0]].shape, scope)
            except Unbound as stop:
                return self._growing.unknown(ends, name, kind.key, item, scope, reported=stop.reported).index
        if numbers or exact:
            fields = {"numbers": numbers} if numbers else {"exact": exact}
            layer = self._binder.with_fields(kind, fields)
        return self._growing.add(layer, tuple(ends), name, item, scope, call).index
