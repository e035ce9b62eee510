"""Writes one class: walks the items of a block, for all of its uses at once."""

from collections.abc import Sequence
from typing import Any

from cnncalc.exporters.torch_source.base import NotAChain
from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.flow import Value
from cnncalc.exporters.torch_source.parts import Instance, copy_leaves
from cnncalc.exporters.torch_source.residuals import Residuals
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.spec import BlockItem, Item, LayerItem, MergeItem, ResidualItem, SequenceItem


class ClassWriter(Residuals):
    """One class for some uses of a block, or for the network (then it has no `entries`)."""

    def items(self, items: tuple[Item, ...], lists: Sequence[Listed], value: Value) -> Value:
        """Write a list of items, for all uses at once. Returns the value at its end."""
        for position, item in enumerate(items):
            turns = [[entry for entry in listed.of(item) if entry.end > entry.start] for listed in lists]
            if any(turns):
                self.before_item(items, position, lists, value)
                value = self.item(item, turns, value)
        return value

    def before_item(
        self, items: tuple[Item, ...], position: int, lists: Sequence[Listed], value: Value
    ) -> None:
        """For the network: end the chain where another stage begins."""

    def hint(self, item: Item, turns: list[list[Entry]]) -> tuple[str, bool]:
        """A name for the chain that an item begins, and whether it is the spec's."""
        return self.context, False

    def item(self, item: Item, turns: list[list[Entry]], value: Value) -> Value:
        counts = [len(turn) for turn in turns]
        hint, exact = self.hint(item, turns)
        if set(counts) == {1}:
            return self.once(item, [turn[0] for turn in turns], value, hint, exact=exact)
        if len(set(counts)) == 1 and self.is_network and counts[0] > 1:
            return self._loop(item, turns, value, hint)
        if max(counts) == 1:
            return self._conditional(item, turns, value, hint)
        return self._loop(item, turns, value, hint)

    def once(
        self, item: Item, entries: list[Entry], value: Value, hint: str, *, exact: bool = False
    ) -> Value:
        """An item that is there once in every use."""
        instances = [instance.at(entry) for instance, entry in zip(self.instances, entries, strict=True)]
        alone = self.shares(entries)
        entering = self._entering(item, entries, value)
        if alone and (
            isinstance(item, SequenceItem) or any(entry.end - entry.start > 1 for entry in entries)
        ):
            entering = entering if isinstance(item, BlockItem) else None
        if entering is not None:
            if alone:
                self.flush()
            try:
                parts, channels = self.chain_of(item, instances, entering.channels)
                for instance, mine in zip(self.instances, instances, strict=True):
                    copy_leaves(parts, mine, instance)
                end = Value(tuple(self._last(entry) for entry in entries), channels, self._title(item))
                places = [(entry.start, entry.end) for entry in entries]
                self.append(parts, entering, end, "" if alone else hint, exact=exact, places=places)
                if alone:
                    self.flush()
                return end
            except NotAChain:
                pass
        return self.steps(item, instances, entries, value)

    def shares(self, entries: Sequence[Entry]) -> bool:
        """Whether weights of items are used twice in one use of the class: their module is then called twice."""
        for use, entry in zip(self.instances, entries, strict=True):
            start, end = self.network.range_of(self, use.use)
            for index in range(entry.start, entry.end):
                others = (self.graph.nodes[index].owner, *self.network.borrowers.get(index, ()))
                if any(start <= other < end and not entry.start <= other < entry.end for other in others):
                    return True
        return False

    def _entering(self, item: Item, entries: list[Entry], value: Value) -> Value | None:
        """The value that an item reads; None if it reads nothing, or several values."""
        tokens = []
        for entry in entries:
            read = self.network.read_by(entry)
            if len(read) != 1:
                return None
            tokens.append(read[0])
        if tuple(tokens) == value.tokens:
            return value
        return self.value_of(tuple(tokens))

    def steps(self, item: Item, instances: list[Instance], entries: list[Entry], value: Value) -> Value:
        """An item as steps of the forward."""
        match item:
            case LayerItem():
                return self._layer_steps(item, instances, entries)
            case BlockItem():
                return self._block_step(item, instances, entries)
            case SequenceItem():
                return self.items(item.items, [entry.lists[0] for entry in entries], self.at(entries))
            case ResidualItem():
                return self._residual(item, entries)
            case MergeItem():
                return self._merge(item, instances, entries)
        raise Unexpressible(str(item))

    def at(self, entries: list[Entry]) -> Value:
        """The value that enters items."""
        if any(entry.entering is None for entry in entries):
            return Value((None,) * len(entries))  # type: ignore[arg-type]
        tokens = tuple(entry.entering for entry in entries if entry.entering is not None)
        if self.chain is not None and self.chain.end.tokens == tokens:
            return self.chain.end
        return self.value_of(tokens)

    def write(self) -> None:
        """Write the class: after that its inputs, outputs and parts are known."""
        self.inputs = self.network.inputs_of(self)
        self.values = list(self.inputs)
        entering = self.uses[0].entering
        start = Value((None,) * len(self.uses))  # type: ignore[arg-type]
        if entering is not None:
            tokens = tuple(use.entering for use in self.uses)
            start = next((value for value in self.inputs if value.tokens == tokens), start)
        self.items(self.uses[0].items, self.uses, start)
        self.flush()
        self.outputs = [self.value_of(tokens) for tokens in self.network.outputs_of(self)]

    def used_names(self) -> set[str]:
        names = {
            word for piece in self.made for part in piece.parts for expr in part.exprs for word in expr.names
        }
        names |= {word for _, condition in self.flags for word in condition.names}
        for word, expr in reversed(self.names.locals.items()):
            if word in names:
                names |= expr.names
        return names

    def signature(self) -> list[tuple[str, Any]]:
        """The parameters that something uses: first those without a default."""
        names = self.used_names()
        wanted = [(key, parameter) for key, parameter in self.names.parameters.items() if key in names]
        return sorted(wanted, key=lambda pair: pair[1].default is not None)
