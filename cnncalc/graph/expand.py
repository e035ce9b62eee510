"""Spec -> graph: items become nodes one by one, shapes are known as soon as a node stands."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostic import Span
from cnncalc.graph.bind import Binder, Unbound, takes_default_bias
from cnncalc.graph.controls import ControlKeys
from cnncalc.graph.growing import Growing, TooMany
from cnncalc.graph.scope import Scope
from cnncalc.graph.size import Least, SizeLimit
from cnncalc.graph.structures import Structures
from cnncalc.spec import (
    BlockItem,
    Item,
    LayerItem,
    MergeItem,
    ResidualItem,
    SequenceItem,
    ValueExpr,
    own_names,
)
from cnncalc.spec import faults as language

if TYPE_CHECKING:
    from cnncalc.graph.names import Names

DEEPEST = 64


class Expander:
    """Expands items one after another. What has come of them is in `growing`."""

    def __init__(self, growing: Growing, mode: str, knobs: Mapping[str, Any]) -> None:
        self._growing, self.mode = growing, mode
        spec = growing.spec
        self._binder = Binder(knobs, spec.defaults, spec.lost_defaults, growing.report)
        self._limit = SizeLimit(growing, Least(growing.spec, knobs, mode))
        self._controls = ControlKeys(growing, self._binder)
        self._structures = Structures(growing, self._binder, self.items, self.branch, self._resolve)

    @cached_property
    def names(self) -> "Names":
        """Loaded where a spec refers to a layer by its name: many don't."""
        from cnncalc.graph.names import Names

        return Names(self._growing, self._binder, self.mode)

    def _resolve(self, given: ValueExpr, before: int | None, scope: Scope) -> int | None:
        return self.names.resolve(given, before, scope)

    def branch(self, items: tuple[Item, ...], entering: int | None, scope: Scope) -> int | None:
        """Expand a branch, a body or a shortcut: what its first item reads is what it reads, also without that item."""
        return self.items(items, entering, scope, leads=True)

    def items(
        self, items: tuple[Item, ...], entering: int | None, scope: Scope, *, leads: bool = False
    ) -> int | None:
        """Expand items one after another; the index of the last node (of what enters, where there is none).

        `leads` says that they are a branch: the first of them says what it reads.
        """
        scope.depth += 1
        if scope.depth > DEEPEST:
            message = f"blocks and structures are more than {DEEPEST} levels deep here"
            span = items[0].span if items else Span("", 1, 1, 1, 1)
            self._growing.report(language.DEEP_EXPANSION.at(span, message), scope)
            raise TooMany
        last = entering
        for item in items:
            last = self._item(item, last, scope, leads=leads)
            leads = False
        scope.depth -= 1
        return last

    def _item(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        """Expand one item with its control keys; `leads`: it is the first of a branch."""
        self._limit.look(item, scope)
        told = item.controls
        if told.only is not None and told.only != self.mode:
            return self._skip(item, before, scope, leads=leads)
        outer = scope.allow
        if told.allow:
            scope.allow = {**(outer or {}), **told.allow}
        try:
            return self._told(item, before, scope, leads=leads)
        finally:
            scope.allow = outer

    def _skip(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        """Leave an item out: what is before it goes on to the next, or what the first of a branch would have read."""
        self._growing.skipped.update(scope.prefix + name for name in own_names(item))
        source = _source(item) if leads else None
        return before if source is None else self.names.read_instead(source, before, scope)

    def _told(self, item: Item, before: int | None, scope: Scope, *, leads: bool) -> int | None:
        growing, controls, told = self._growing, self._controls, item.controls
        entering, shape = before, None
        outer = scope.repetition, scope.suffix
        try:
            # What is left out may read what is left out: where it can, `when` decides before `from` is looked up.
            asks = told.when is not None and told.when.reads_input
            if told.when is not None and not asks and not controls.flag(told.when, None, scope):
                return self._skip(item, before, scope, leads=leads)
            entering = before if told.source is None else self._resolve(told.source, before, scope)
            shape = growing.nodes[entering].shape if entering is not None else None
            if told.when is not None and asks and not controls.flag(told.when, shape, scope):
                return self._skip(item, before, scope, leads=leads)
            count = 1 if told.repeat is None else controls.count(told.repeat, shape, scope)
        except Unbound as stop:
            reported = stop.reported or growing.asks_in_vain(item, entering, scope)
            return growing.unknown_item(item, entering, scope, reported=reported).index
        if self._limit.suspect or told.repeat is not None:
            self._limit.foresee(item, count, scope)
        last = entering
        if not count and leads and told.source is None and (source := _source(item)) is not None:
            last = self.names.read_instead(source, before, scope)
        for repetition in range(count):
            if told.repeat is not None:
                scope.repetition, scope.suffix = repetition, f"{outer[1]}_{repetition + 1}"
            first = repetition == 0
            last = self._once(
                item, last, scope, first=first, final=repetition == count - 1, leads=leads and first
            )
        scope.repetition, scope.suffix = outer
        if told.name is not None and last is not None:
            growing.end(scope.prefix + told.name.text, last)
        if told.expect is not None and last is not None:
            if told.expect.reads_input:
                growing.asks_in_vain(item, entering, scope)
            controls.expect(item, told.expect, shape, growing.nodes[last], scope)
        return last

    def _once(
        self, item: Item, entering: int | None, scope: Scope, *, first: bool, final: bool, leads: bool
    ) -> int | None:
        """Expand one repetition of an item."""
        match item:
            case LayerItem():
                return self._layer(item, entering, scope, first=first, final=final)
            case BlockItem():
                return self._structures.block(item, entering, scope, first=first)
            case SequenceItem():
                return self.items(item.items, entering, scope, leads=leads)
            case MergeItem():
                return self._structures.merge(item, entering, scope)
            case ResidualItem():
                return self._structures.residual(item, entering, scope)
        return self._growing.unknown_item(item, entering, scope, reported=True).index

    def _layer(self, item: LayerItem, entering: int | None, scope: Scope, *, first: bool, final: bool) -> int:
        growing, binder = self._growing, self._binder
        name = growing.name(item, item.layer.key, scope)
        call, norm, act = item.first if first and item.first is not None else (item.call, item.norm, item.act)
        try:
            source = growing.entered(item, entering, scope)
            shape = growing.nodes[source].shape
            norm = binder.sugar("norm", norm, shape, scope)
            act = binder.sugar("act", act, shape, scope)
            cancelled = norm is not None and norm.layer is not None and norm.layer.cancels_bias
            normed = (final and item.before_norm) or cancelled
            layer = binder.layer(item.layer, call, shape, scope, normed=normed)
            extras = [
                (extra.call, binder.layer(extra.layer, extra.call, shape, scope))
                for extra in (norm, act)
                if extra is not None and extra.layer is not None and extra.call is not None
            ]
        except Unbound as stop:
            # Those that follow it may be many, or none.
            growing.counted = growing.counted and norm is None and act is None
            return growing.unknown(
                (entering,), name, item.layer.key, item, scope, reported=stop.reported
            ).index
        node = growing.add(layer, (source,), name, item, scope, call)
        if final and item.before_norm is None and not cancelled and takes_default_bias(item.layer, call):
            node.learns_unknown = True
        if item.controls.name is not None:
            growing.layers[scope.prefix + item.controls.name.text] = node.index
        if item.controls.share is not None:
            from cnncalc.graph.share import share

            share(growing, self.names, node, item.controls.share, scope)
        for extra_call, extra in extras:
            node = growing.add(extra, (node.index,), f"{name}.{extra.key}", item, scope, extra_call)
        if extras:
            growing.ends[name] = node.index
        return node.index


def _source(item: Item) -> ValueExpr | None:
    """What an item says that it reads: itself, or the first item in a sequence."""
    while item.controls.source is None and isinstance(item, SequenceItem) and item.items:
        item = item.items[0]
    return item.controls.source
