"""Uses of blocks: parameters are evaluated where the block is used, and its items expanded."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.node import BlockUse
from cnncalc.graph.scope import Origin, Scope
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import UNREADABLE, BlockItem, Item, ValueExpr

if TYPE_CHECKING:
    from cnncalc.graph.names import Names
    from cnncalc.graph.share import Sharing


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


class BlockUses:
    """Expands uses of blocks: `expand` expands the items of one.

    `names` gives the table of names, which is loaded only where it is needed.
    """

    def __init__(
        self,
        growing: Growing,
        binder: Binder,
        expand: Callable[[tuple[Item, ...], int | None, Scope], int | None],
        names: "Callable[[], Names]",
    ) -> None:
        self._growing, self._binder, self._expand, self._names = growing, binder, expand, names
        # The last use of a block that is finished.
        self.last: Use | None = None

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
            self.last = None
            return growing.unknown((entering,), name, item.block, item, scope, reported=True).index
        # Both are filled below: a parameter's default may use the parameters before it.
        parameters: dict[str, Any] = {}
        origins: dict[str, Origin] = {}
        before = None if turn.before is None else turn.before.inner.frame
        frame = BlockUse(name, item, parameters, scope.frame, None if before is None else before.first)
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
        self.last = Use(inner, last)
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
