"""Items that hold items: blocks, merges of branches, residuals with their shortcuts."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.node import BlockUse
from cnncalc.graph.scope import Origin, Scope
from cnncalc.layers import Layer, shown
from cnncalc.record import NamedTuple
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
    UnknownItem,
    ValueExpr,
    nearest,
)
from cnncalc.spec import faults as language
from cnncalc.spec.item_types import SHORTCUTS
from cnncalc.text import escaped
from cnncalc.vocabulary.unknown import UnknownOperation

if TYPE_CHECKING:
    from cnncalc.graph.names import Names
    from cnncalc.graph.share import Lender, Sharing


class Use(NamedTuple):
    """A finished use of a block: the scope inside it, the node that entered it, and its last node."""

    inner: Scope
    last: int | None


class Turn(NamedTuple):
    """One repetition of an item: which it is, the weights it shares, and the use of its block before this one."""

    first: bool
    final: bool
    share: "Sharing | None"
    before: Use | None


class Structures:
    """Expands structures: `expand` and `branch` expand their items, `resolve` looks up names of operands.

    `names` gives the table of names, which is loaded only where it is needed.
    """

    def __init__(
        self,
        growing: Growing,
        binder: Binder,
        expand: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        branch: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        resolve: Callable[[ValueExpr, int | None, Scope], int | None],
        names: "Callable[[], Names]",
    ) -> None:
        self._growing, self._binder = growing, binder
        self._expand, self._branch, self._resolve, self._names = expand, branch, resolve, names
        # The last use of a block that is finished.
        self.use: Use | None = None

    def block(self, item: BlockItem, entering: int | None, scope: Scope, turn: Turn) -> int | None:
        """Expand one use of a block, with its parameters evaluated at its place."""
        growing = self._growing
        block = growing.spec.blocks[item.block]
        name = growing.name(item, item.block, scope)
        shape = growing.nodes[entering].shape if entering is not None else None
        call = item.first if turn.first else None
        givens = {**item.call.computed, **(call.computed if call else {})}
        if not item.call.whole or (call is not None and not call.whole):
            growing.counted = False
            self.use = None
            return growing.unknown((entering,), name, item.block, item, scope, reported=True).index
        # Both are filled below: a parameter's default may use the parameters before it.
        parameters: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        frame = BlockUse(name, item, parameters, scope.frame)
        inner = scope.of_block(frame, block.names, origins, entering)
        if turn.share is not None and (twins := turn.share.of_block(frame, scope.repetition)) is not None:
            inner = inner.marked(inner.marks._replace(twins=twins))
        if entering is None and any(given.reads_input for given in givens.values()):
            growing.lacks_input(item, entering, scope)
        for key, given in givens.items():
            if key in block.parameters:
                parameters[key] = self._argument(given, shape, scope)
                origins[key] = scope.origin(given) or Origin(scope, entering, given.span)
        if item.next and not turn.first:
            self._following(item.next, turn.before, scope, parameters, origins)
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
        growing.table.uses[name] = frame
        self.use = Use(inner, last)
        return last

    def _following(
        self,
        names: Mapping[str, ValueExpr],
        before: Use | None,
        scope: Scope,
        parameters: dict[str, Any],
        origins: dict[str, Origin],
    ) -> None:
        """The arguments that name layers of the repetition `before`: looked up there, and nowhere else."""
        for key, given in names.items():
            word = self._argument(given, None, scope)
            parameters[key] = UNREADABLE
            if before is None or word is UNREADABLE:
                continue
            if self._names().is_inside(given, str(word), before.inner, scope):
                parameters[key] = word
                origins[key] = Origin(before.inner, before.last, given.span)

    def _argument(self, given: ValueExpr, entering: Shape | None, scope: Scope) -> Any:
        """An argument's value; `UNREADABLE` if it has none: only its uses are unknown then."""
        try:
            return self._binder.value(given, entering, scope)
        except Unbound:
            return UNREADABLE

    def merge(self, item: MergeItem, entering: int | None, scope: Scope, turn: Turn) -> int:
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
        return self._join(
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
            try:
                word = item.shortcut if item.way is None else self._word(item.way, before, scope)
            except Unbound:
                self._growing.counted = False
                return self._join(item, Add, [body, source], scope, broken=True)
            if word is None:
                return body
            if None in (before, after) and word != IDENTITY:
                # A projection is its own layer, and an addition may be left out.
                self._growing.counted = False
            self._growing.residuals.append((source, body))
            if before != after and None not in (before, after):
                if word == OPTIONAL:
                    return body
                if word == PROJECT:
                    side = self._project(item, source, body, scope)
        assert side is not None
        shapes = {self._growing.nodes[index].shape for index in (body, side)}
        # A residual never broadcasts: shapes that differ are an error there.
        return self._join(item, Add, [body, side], scope, exact=len(shapes) > 1)

    def _word(self, way: ValueExpr, entering: Shape | None, scope: Scope) -> str | None:
        """The word of a shortcut that an expression computes: true is the identity, false (None) is no addition.

        Raises `Unbound`.
        """
        value = self._binder.value(way, entering, scope)
        if isinstance(value, bool):
            return IDENTITY if value else None
        if value in SHORTCUTS:
            return str(value)
        written = escaped(shown(value))
        close = nearest(written, SHORTCUTS)
        message = f"the value of `shortcut` must be {', '.join(SHORTCUTS)}, true or false, not {written}"
        help = f"did you mean `{close}`?" if close else None
        self._growing.report(language.WRONG_VALUE.at(way.span, message, help=help), scope)
        raise Unbound(reported=True)

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
