"""How the items of a spec became the layers of a graph: the tree of items, repetitions and lists, with their nodes."""

from collections.abc import Iterator
from typing import Any

from cnncalc.graph import Graph, build
from cnncalc.graph.expand import Expander
from cnncalc.graph.scope import Scope
from cnncalc.spec import Item


class Listed:
    """One expansion of a list of items: of a block, a branch, a body, or the whole network.

    `entering` is the node before it and `last` its end: the same where nothing is in it.
    """

    def __init__(self, items: tuple[Item, ...], entering: int | None, scope: Scope) -> None:
        self.items, self.entering, self.scope = items, entering, scope
        self.entries: list[Entry] = []
        self.last: int | None = entering

    def of(self, item: Item) -> "list[Entry]":
        """The repetitions of one of its items: none if it is left out."""
        return [entry for entry in self.entries if entry.item is item]


class Entry:
    """One repetition of an item: the nodes from `start` to `end`, and the lists inside it."""

    def __init__(self, item: Item, repetition: int, entering: int | None, scope: Scope, start: int) -> None:
        self.item, self.repetition, self.entering, self.scope = item, repetition, entering, scope
        self.start = self.end = start
        self.last: int | None = entering
        self.lists: list[Listed] = []

    @property
    def own(self) -> Iterator[int]:
        """The nodes of the item itself, which are in none of its lists."""
        inner = [entry for listed in self.lists for entry in listed.entries]
        for index in range(self.start, self.end):
            if not any(entry.start <= index < entry.end for entry in inner):
                yield index


class _Tracing(Expander):
    """An expander that remembers what it does."""

    root: Listed

    def __init__(self, *arguments: Any) -> None:
        self._lists: list[Listed] = []
        self._entries: list[Entry] = []
        super().__init__(*arguments)

    def items(
        self, items: tuple[Item, ...], entering: int | None, scope: Scope, *, leads: bool = False
    ) -> int | None:
        listed = Listed(items, entering, scope)
        if self._entries:
            self._entries[-1].lists.append(listed)
        else:
            self.root = listed
        self._lists.append(listed)
        listed.last = super().items(items, entering, scope, leads=leads)
        self._lists.pop()
        return listed.last

    def _once(self, item: Item, entering: int | None, scope: Scope, turn: Any, *, leads: bool) -> int | None:
        listed = self._lists[-1]
        entry = Entry(item, len(listed.of(item)), entering, scope, len(self._growing.nodes))
        listed.entries.append(entry)
        self._entries.append(entry)
        entry.last = super()._once(item, entering, scope, turn, leads=leads)
        self._entries.pop()
        entry.end = len(self._growing.nodes)
        return entry.last


def traced(graph: Graph) -> Listed:
    """The expansion of a graph's spec, whose nodes have the same indices. The graph has no errors."""
    tracings: list[_Tracing] = []

    def expander(*arguments: Any) -> Expander:
        tracings.append(_Tracing(*arguments))
        return tracings[-1]

    values = {key: value for key, value in graph.values.items() if key in graph.spec.parameters}
    again = build(
        graph.spec, mode=graph.mode, values=values, strict=graph.strict, advise=False, expander=expander
    )
    assert [node.name for node in again.nodes] == [node.name for node in graph.nodes]
    return tracings[0].root


def entries_of(listed: Listed) -> Iterator[Entry]:
    """Every item of a list, with those inside it; outer ones first."""
    for entry in listed.entries:
        yield entry
        for inner in entry.lists:
            yield from entries_of(inner)
