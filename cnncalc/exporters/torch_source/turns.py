"""Repetitions as one loop."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.exporters.torch_source.choosing import Unexpressible, chosen
from cnncalc.exporters.torch_source.expression import Expr, name
from cnncalc.exporters.torch_source.parts import ForPart, Instance, ModulePart, Part, SplatPart, copy_leaves
from cnncalc.exporters.torch_source.repeating import Repeating
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.spec import Item


class Turns(Repeating):
    """Writes loops."""

    def turns(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        start: int,
        counts: Sequence[int],
        update: tuple[str, Expr] | None = None,
        values: Mapping[int, Any] | None = None,
    ) -> tuple[list[Part], Expr | None]:
        """Repetitions from `start` as a loop: all are the same code."""
        inner: dict[int, list[Instance]] = {}
        for instance, turn in zip(instances, turns, strict=True):
            inner[id(instance)] = [
                instance.at(entry, i=number, **(values or {}).get(id(entry), {}))
                for number, entry in enumerate(turn)
                if number >= start
            ]
        every = [mine for instance in instances for mine in inner[id(instance)]]
        if not every:
            raise Unexpressible("loop")
        entering = self._entering_channels(every, channels, turns, start)
        inside, leaving = self.chain_of(item, every, entering)
        hints = []
        if item.controls.repeat is not None:
            hints = self.names.translations(item.controls.repeat, self._more(instances, channels))
        count = self.express(list(counts), instances, "repeats", hints)
        after = self._after(turns, instances, leaving)
        if len(instances) == 1 and len(every) == 1 and update is None:
            copy_leaves(inside, every[0], instances[0])
            return inside, after
        if len(inside) == 1 and isinstance(inside[0], ModulePart) and update is None:
            return [SplatPart(inside[0], count, start, inner)], after
        return [ForPart(inside, count, start, inner, update)], after

    def _entering_channels(
        self, every: list[Instance], channels: Expr | None, turns: list[list[Entry]], start: int
    ) -> Expr | None:
        values = [shape.channels for shape in map(self._entering_shape, every) if shape is not None]
        if len(values) != len(every):
            return None
        likely = [] if channels is None else [channels]
        return chosen(
            values, every, likely, [*self.pool.values(), *(name(key) for key in every[0].names if key != "i")]
        )

    def _after(
        self, turns: list[list[Entry]], instances: Sequence[Instance], leaving: Expr | None
    ) -> Expr | None:
        """The channels after the last repetition."""
        values = []
        for turn in turns:
            if not turn:
                return None
            shape = self.graph.nodes[self._last(turn[-1])].shape
            assert shape is not None
            values.append(shape.channels)
        likely = [leaving] if leaving is not None and "i" not in leaving.names else []
        return chosen(values, instances, likely, [name(key) for key in instances[0].names])

    def updating(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        """A loop in which the name `channels` gets a new value in each turn."""
        if channels is None or channels.text() != "channels" or self.is_network:
            raise Unexpressible("update")
        values: dict[int, Any] = {}
        ends: dict[int, int] = {}
        for turn in turns:
            for entry in turn:
                shape, end = (
                    self.graph.nodes[entry.entering or 0].shape,
                    self.graph.nodes[self._last(entry)].shape,
                )
                assert shape is not None
                assert end is not None
                values[id(entry)] = {"channels": shape.channels}
                ends[id(entry)] = end.channels
        parts, _ = self.turns(item, turns, instances, channels, 0, counts, ("channels", channels), values)
        (part,) = parts
        assert isinstance(part, ForPart)
        every = [mine for instance in instances for mine in part.turns[id(instance)]]
        after = [ends[id(mine.entry)] for mine in every]
        hints = [expr for inner in _modules(part.parts) for _, expr in inner.arguments]
        part.update = ("channels", self.express(after, every, "leaving", (), hints))
        for instance in instances:
            mine = part.turns[id(instance)]
            if mine:
                instance.names["channels"] = ends[id(mine[-1].entry)]
        return parts, name("channels")


def _modules(parts: Sequence[Part]) -> list[ModulePart]:
    return [part for part in parts if isinstance(part, ModulePart)]
