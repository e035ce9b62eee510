"""From a spec to a graph: items become nodes one by one, and each node has its shape from the start."""

from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostic import Span
from cnncalc.graph.bind import Binder, Unbound, takes_default_bias
from cnncalc.graph.block_uses import BlockUses, Turn
from cnncalc.graph.controls import ControlKeys
from cnncalc.graph.growing import Growing, TooMany
from cnncalc.graph.scope import Scope
from cnncalc.graph.size import Least, SizeLimit
from cnncalc.spec import (
    BlockItem,
    Item,
    LayerItem,
    MergeItem,
    ResidualItem,
    SequenceItem,
    UnknownItem,
    ValueExpr,
    own_names,
)
from cnncalc.spec import faults as language
from cnncalc.spec.item_types import Controls

if TYPE_CHECKING:
    from cnncalc.graph.joins import Joins
    from cnncalc.graph.names import Names
    from cnncalc.graph.residuals import Residuals
    from cnncalc.graph.share import Sharing

DEEPEST = 64


class Expander:
    """Expands items one after another. Their nodes are in `growing`."""

    def __init__(self, growing: Growing, mode: str, network_values: Mapping[str, Any]) -> None:
        self._growing, self.mode = growing, mode
        spec = growing.spec
        self._binder = Binder(network_values, spec.defaults, spec.lost_defaults, growing.report)
        self._limit = SizeLimit(growing, Least(growing.spec, network_values, mode))
        self._controls = ControlKeys(growing, self._binder)
        self._blocks = BlockUses(growing, self._binder, self.items, lambda: self.names)

    @cached_property
    def names(self) -> "Names":
        """Loaded if a spec refers to a layer by its name: many don't."""
        from cnncalc.graph.names import Names

        return Names(self._growing, self._binder, self.mode)

    @cached_property
    def _joins(self) -> "Joins":
        """Loaded for a spec with a merge; and the next one for a residual."""
        from cnncalc.graph.joins import Joins

        return Joins(self._growing, self._binder, self.branch, self._resolve)

    @cached_property
    def _residuals(self) -> "Residuals":
        from cnncalc.graph.residuals import Residuals

        return Residuals(self._growing, self._binder, self.branch, self._joins)

    def _resolve(self, given: ValueExpr, before: int | None, scope: Scope) -> int | None:
        return self.names.resolve(given, before, scope)

    def branch(self, items: tuple[Item, ...], entering: int | None, scope: Scope) -> int | None:
        """Expand a branch, a body or a shortcut. Its input is that of its first item, even if that is left out."""
        return self.items(items, entering, scope.deeper(), leads=True)

    def items(
        self, items: tuple[Item, ...], entering: int | None, scope: Scope, *, leads: bool = False
    ) -> int | None:
        """Expand items one after another. Returns the index of the last node (or of the input, if there is none).

        `scope` is that of the list. `leads` means that they are a branch: its first item selects its input.
        """
        if scope.depth > DEEPEST:
            message = f"more than {DEEPEST} levels of blocks and structures are inside each other here"
            span = items[0].span if items else Span("", 1, 1, 1, 1)
            help = "use fewer levels: put these layers into the list around them, or into the block that uses this one"
            self._growing.report(language.DEEP_EXPANSION.at(span, message, help=help), scope)
            raise TooMany
        last = entering
        for item in items:
            last = self._item(item, last, scope, leads=leads)
            leads = False
        return last

    def _item(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        """Expand one item with its control keys; `leads`: it is the first item of a branch."""
        self._limit.look(item, scope)
        controls = item.controls
        if controls.only is not None and controls.only != self.mode:
            return self._skip(item, before, scope, leads=leads)
        return self._controlled(
            item, before, scope.accepting(controls.allow) if controls.allow else scope, leads=leads
        )

    def _skip(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        """Leave an item out: the next one reads the node before it, or the input that a branch's first item selects."""
        self._growing.table.skipped.update(scope.prefix + name for name in own_names(item))
        source = _source(item) if leads else None
        return before if source is None else self.names.read_instead(source, before, scope)

    def _controlled(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        """Expand an item with its `when`, `from` and `repeat`, then check its `expect`."""
        growing, evaluate, controls = self._growing, self._controls, item.controls
        entering, shape = before, None
        try:
            # An item that is left out may read another such item: so `when` comes before `from`, if possible.
            reads = controls.when is not None and controls.when.reads_input
            if controls.when is not None and not reads and not evaluate.flag(controls.when, None, scope):
                return self._skip(item, before, scope, leads=leads)
            entering = before if controls.source is None else self._resolve(controls.source, before, scope)
            shape = growing.nodes[entering].shape if entering is not None else None
            if controls.when is not None and reads and not evaluate.flag(controls.when, shape, scope):
                return self._skip(item, before, scope, leads=leads)
            count = 1 if controls.repeat is None else evaluate.count(controls.repeat, shape, scope)
        except Unbound as stop:
            reported = stop.reported or growing.lacks_input(item, entering, scope)
            return growing.unknown_item(item, entering, scope, reported=reported).index
        if self._limit.suspect or controls.repeat is not None:
            self._limit.foresee(item, count, scope)
        last = entering
        if not count and leads and controls.source is None and (source := _source(item)) is not None:
            last = self.names.read_instead(source, before, scope)
        share = self._sharing(controls, count, scope)
        for repetition in range(count):
            first = repetition == 0
            turn = Turn(first, repetition == count - 1, share, None if first else self._blocks.last)
            here = scope if controls.repeat is None else scope.repeated(repetition)
            if controls.freeze is not None or controls.module is not None:
                entered = growing.nodes[last].shape if last is not None else None
                here = evaluate.marked(item, entered, here, partial(self._module_name, item, here))
            if controls.place is not None:
                here = evaluate.on_device(controls.place, here)
            last = self._once(item, last, here, turn, leads=leads and first)
            if controls.repeat is not None and controls.name is not None and last is not None:
                growing.table.turns[growing.name(item, "", here)] = last
        if controls.name is not None and last is not None:
            name = scope.prefix + controls.name.text
            growing.table.end(name, last)
            if controls.repeat is not None:
                suffix = f"{name}{scope.suffix}_"
                growing.table.repeated[name] = tuple(f"{suffix}{k + 1}" for k in range(count))
        if controls.expect is not None and last is not None:
            if controls.expect.reads_input:
                growing.lacks_input(item, entering, scope)
            evaluate.expect(item, controls.expect, shape, growing.nodes[last], scope)
        return last

    def _once(self, item: Item, entering: int | None, scope: Scope, turn: Turn, *, leads: bool) -> int | None:
        """Expand one repetition of an item."""
        match item:
            case LayerItem():
                return self._layer(item, entering, scope, turn)
            case BlockItem():
                return self._blocks.block(item, entering, scope, turn)
            case SequenceItem():
                return self.items(item.items, entering, scope.deeper(), leads=leads)
            case MergeItem():
                return self._joins.merge(item, entering, scope, turn)
            case UnknownItem():
                return self._joins.unknown(item, entering, scope)
            case ResidualItem():
                return self._residuals.residual(item, entering, scope)
        return self._growing.unknown_item(item, entering, scope, reported=True).index

    def _layer(self, item: LayerItem, entering: int | None, scope: Scope, turn: Turn) -> int:
        """Create the node of a layer and the nodes of its norm and act. Returns the index of the last one."""
        growing, binder = self._growing, self._binder
        name = growing.name(item, item.layer.key, scope)
        call, norm, act = (
            item.first if turn.first and item.first is not None else (item.call, item.norm, item.act)
        )
        sources: tuple[int, ...]
        try:
            if item.layer.arity == 0:
                sources, shape = (), growing.nodes[entering].shape if entering is not None else None
                if entering is None and any(given.reads_input for given in call.computed.values()):
                    growing.lacks_input(item, entering, scope)
            else:
                source = growing.entered(item, entering, scope)
                sources, shape = (source,), growing.nodes[source].shape
            norm = binder.sugar("norm", norm, shape, scope)
            act = binder.sugar("act", act, shape, scope)
            cancelled = norm is not None and norm.layer is not None and norm.layer.cancels_bias
            normed = (turn.final and item.before_norm) or cancelled
            layer = binder.layer(item.layer, call, shape, scope, normed=normed)
            if layer.reads_indices:
                from cnncalc.graph.unpool import linked

                assert sources
                layer, pooling = linked(growing, self.names, layer, call, sources[0], scope)
                sources = *sources, *pooling
            extras = [
                (extra.call, binder.layer(extra.layer, extra.call, shape, scope))
                for extra in (norm, act)
                if extra is not None and extra.layer is not None and extra.call is not None
            ]
        except Unbound as stop:
            # There may be many nodes after it, or none.
            growing.counted = growing.counted and norm is None and act is None
            return growing.unknown(
                (entering,) if item.layer.arity else (),
                name,
                item.layer.key,
                item,
                scope,
                reported=stop.reported,
            ).index
        open_bias = (
            turn.final and item.before_norm is None and not cancelled and takes_default_bias(item.layer, call)
        )
        if item.controls.name is not None:
            # From here on `share` means this layer, not an earlier one with its name.
            growing.table.layers[scope.prefix + item.controls.name.text] = len(growing.nodes)
        node = growing.add(
            layer,
            sources,
            name,
            item,
            scope,
            call,
            learns_unknown=open_bias,
            weights=None if turn.share is None else turn.share.of_layer(scope.repetition),
        )
        for extra_call, extra in extras:
            node = growing.add(extra, (node.index,), f"{name}.{extra.key}", item, scope, extra_call)
        if extras:
            growing.table.ends[name] = node.index
        return node.index

    def _module_name(self, item: Item, scope: Scope) -> str:
        """The name of a module call: that of a block, or of a sequence."""
        if item.controls.name is not None:
            return self._growing.name(item, "", scope)
        if isinstance(item, BlockItem):
            return scope.prefix + scope.numbering.upcoming(item.block)
        return scope.automatic("module")

    def _sharing(self, controls: Controls, count: int, scope: Scope) -> "Sharing | None":
        if controls.share is None:
            return None
        from cnncalc.graph.share import Sharing

        repeated = controls.repeat is not None
        return Sharing(self._growing, self.names, controls.share, scope, count=count, repeated=repeated)


def _source(item: Item) -> ValueExpr | None:
    """The `from` of an item, or of the first item in a sequence."""
    while item.controls.source is None and isinstance(item, SequenceItem) and item.items:
        item = item.items[0]
    return item.controls.source
