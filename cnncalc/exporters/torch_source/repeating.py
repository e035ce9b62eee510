"""Items that are repeated, or there on a condition: loops and conditions in a constructor."""

from collections.abc import Callable, Sequence

from cnncalc.exporters.torch_source.base import NotAChain
from cnncalc.exporters.torch_source.choosing import Unexpressible, chosen, holds
from cnncalc.exporters.torch_source.expression import Expr, name
from cnncalc.exporters.torch_source.flow import Token, Value
from cnncalc.exporters.torch_source.parts import IfPart, Instance, Part, copy_leaves
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.exporters.torch_source.uses import Uses
from cnncalc.spec import BlockItem, Item


class Repeating(Uses):
    """Writes conditions, and what is first in a run."""

    def _conditional(self, item: Item, turns: list[list[Entry]], value: Value, hint: str) -> Value:
        if any(self.shares([turn[0]] * len(turns)) for turn in turns if turn and len(turns) == 1):
            raise NotAChain
        entering = self._entering_where(turns, value)
        parts, channels = self.repeated(item, turns, self.instances, entering.channels)
        tokens = tuple(
            self._last(turn[-1]) if turn else token
            for turn, token in zip(turns, entering.tokens, strict=True)
        )
        places = [(turn[0].start, turn[0].end) if turn else None for turn in turns]
        return self.append(parts, entering, Value(tokens, channels), hint, places=places)

    def _loop(self, item: Item, turns: list[list[Entry]], value: Value, hint: str) -> Value:
        counts = {len(turn) for turn in turns}
        try:
            return self._conditional(item, turns, value, hint)
        except (NotAChain, Unexpressible):
            if len(counts) != 1:
                raise Unexpressible(hint) from None
        for entries in zip(*turns, strict=True):
            value = self.once(item, list(entries), value, hint)
        return value

    def _entering_where(self, turns: list[list[Entry]], value: Value) -> Value:
        """The value that enters where an item is there; the same value where it is not."""
        for turn, token in zip(turns, value.tokens, strict=True):
            last: Token | None = token
            for entry in turn:
                if self.network.read_by(entry) != (last,):
                    raise NotAChain
                last = entry.last
        return value

    def repeated(
        self, item: Item, turns: list[list[Entry]], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item that is there once or not at all, or several times, as parts."""
        counts = [len(turn) for turn in turns]
        if max(counts) == 1:
            return self._where(item, turns, instances, channels)
        attempts: list[Callable[[], tuple[list[Part], Expr | None]]] = [
            lambda: self.turns(item, turns, instances, channels, 0, counts),
            lambda: self._first_and_rest(item, turns, instances, channels, counts),
        ]
        if not isinstance(item, BlockItem):
            attempts.insert(1, lambda: self.updating(item, turns, instances, channels, counts))
        for attempt in attempts:
            try:
                return attempt()
            except Unexpressible:
                continue
        if len(set(counts)) == 1:
            parts: list[Part] = []
            for entries in zip(*turns, strict=True):
                inside, channels = self._each(item, entries, instances, channels)
                parts += inside
            return parts, channels
        raise Unexpressible("repeat")

    def _each(
        self, item: Item, entries: Sequence[Entry], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        inner = [instance.at(entry) for instance, entry in zip(instances, entries, strict=True)]
        inside, channels = self.chain_of(item, inner, channels)
        for instance, mine in zip(instances, inner, strict=True):
            copy_leaves(inside, mine, instance)
        return inside, channels

    def _where(
        self, item: Item, turns: list[list[Entry]], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item that is there in some places only."""
        flags = [bool(turn) for turn in turns]
        there = {
            id(instance): instance.at(turn[0])
            for instance, turn in zip(instances, turns, strict=True)
            if turn
        }
        hints: list[Expr] = []
        if (when := item.controls.when) is not None:
            hints = self.names.translations(when, {"in.channels": channels} if channels is not None else {})
        inside, leaving = self.chain_of(item, list(there.values()), channels)
        word = item.controls.name.text if item.controls.name is not None else "extra"
        condition = self.condition(flags, instances, word, hints)
        values = []
        for instance, turn in zip(instances, turns, strict=True):
            node = self.graph.nodes[self._last(turn[0])] if turn else None
            if node is not None and node.shape is not None:
                values.append(node.shape.channels)
            elif channels is not None:
                values.append(channels.evaluate(instance.names))
            else:
                return [IfPart(condition, inside, there)], None
        if leaving is None or not holds(leaving, values, instances):
            names = [name(key) for key in instances[0].names]
            leaving = chosen(values, instances, (), [*([channels] if channels else []), *names])
        return [IfPart(condition, inside, there)], leaving

    def _first_and_rest(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        if min(counts) < 1:
            raise Unexpressible("first")
        first, leaving = self._each(item, [turn[0] for turn in turns], instances, channels)
        rest, after = self.turns(item, turns, instances, leaving, 1, counts)
        return [*first, *rest], after
