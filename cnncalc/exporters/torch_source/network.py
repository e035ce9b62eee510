"""The classes of a network: which uses of a block are one class, and what each use reads and gives."""

from collections import defaultdict
from typing import Any

from cnncalc.exporters.torch_source.base import NotAChain
from cnncalc.exporters.torch_source.blocks import Names
from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.expression import Reference
from cnncalc.exporters.torch_source.flow import Token
from cnncalc.exporters.torch_source.naming import class_name
from cnncalc.exporters.torch_source.parts import ModulePart
from cnncalc.exporters.torch_source.stages import FlatWriter, NetworkWriter
from cnncalc.exporters.torch_source.tensors import Tensors
from cnncalc.exporters.torch_source.torch_calls import torch_calls
from cnncalc.exporters.torch_source.trace import Entry, entries_of, traced
from cnncalc.exporters.torch_source.writer import ClassWriter
from cnncalc.graph import Graph
from cnncalc.layers import TorchCall
from cnncalc.spec import BlockItem
from cnncalc.spec.known_specs import stem


class Network(Tensors):
    """A graph, its items, and the classes that are written for them, in the order of the file."""

    def __init__(self, graph: Graph, taken: frozenset[str] = frozenset()) -> None:
        super().__init__(graph)
        self.root = traced(graph)
        self.calls = torch_calls(graph)
        # The layers that use the weights of each layer.
        self.borrowers: dict[int, list[int]] = defaultdict(list)
        for node in graph.nodes:
            if node.owner != node.index:
                self.borrowers[node.owner].append(node.index)
        self.uses: dict[str, list[Entry]] = defaultdict(list)
        self.entries: list[Entry] = list(entries_of(self.root))
        for entry in self.entries:
            if isinstance(entry.item, BlockItem) and entry.end > entry.start:
                self.uses[entry.item.block].append(entry)
        self.classes: list[ClassWriter] = []
        self._taken = set(taken)
        self._place: dict[int, tuple[ClassWriter, int]] = {}
        self._by_nodes = {
            (entry.start, entry.end, isinstance(entry.item, BlockItem)): entry for entry in self.entries
        }
        title = self._title(class_name(graph.spec.name or stem(graph.spec.file).partition("<")[0], "Network"))
        try:
            self.main: ClassWriter = self._finished(
                NetworkWriter(self, title, [self.root], None, Names(graph, [self.root], None))
            )
        except (Unexpressible, NotAChain):
            self.classes.clear()
            self._place.clear()
            self.main = self._finished(
                FlatWriter(self, title, [self.root], None, Names(graph, [self.root], None))
            )

    def _finished(self, writer: ClassWriter) -> ClassWriter:
        writer.write()
        self.classes.append(writer)
        return writer

    def _title(self, word: str) -> str:
        title, number = word, 1
        while title in self._taken:
            number += 1
            title = f"{word}_{number}" if word[-1:].isdigit() else f"{word}{number}"
        self._taken.add(title)
        return title

    # ---- classes

    def writer_of(self, entry: Entry) -> ClassWriter:
        """The class of a use of a block."""
        if id(entry) not in self._place:
            assert isinstance(entry.item, BlockItem)
            self._write_block(entry.item.block)
        return self._place[id(entry)][0]

    def range_of(self, writer: ClassWriter, use: int) -> tuple[int, int]:
        """The nodes of one use of a class."""
        if writer.entries is None:
            return 0, len(self.graph.nodes)
        return writer.entries[use].start, writer.entries[use].end

    def number_of(self, entry: Entry) -> int:
        """Which of the uses of its class it is."""
        return self._place[id(entry)][1]

    def _write_block(self, block: str) -> None:
        """One class for all uses of a block; where that can't be, one for those that are alike."""
        entries = self.uses[block]
        word = class_name(block, "Block")
        try:
            self._write(word, entries)
            return
        except (Unexpressible, NotAChain):
            pass
        groups: dict[Any, list[Entry]] = defaultdict(list)
        for entry in entries:
            groups[self._form(entry)].append(entry)
        for alike in groups.values():
            try:
                self._write(word, alike)
            except (Unexpressible, NotAChain):
                equal: dict[Any, list[Entry]] = defaultdict(list)
                for entry in alike:
                    equal[str([self.calls[index] for index in range(entry.start, entry.end)])].append(entry)
                for same in equal.values():
                    self._write(word, same, flat=True)

    def _write(self, word: str, entries: list[Entry], *, flat: bool = False) -> None:
        lists = [entry.lists[0] for entry in entries]
        title = self._title(word)
        kind = FlatWriter if flat else ClassWriter
        writer = kind(self, title, lists, entries, Names(self.graph, lists, entries))
        for number, entry in enumerate(entries):
            self._place[id(entry)] = writer, number
        count = len(self.classes)
        try:
            self._finished(writer)
        except (Unexpressible, NotAChain):
            self._forget([writer, *self.classes[count:]])
            del self.classes[count:]
            raise

    def _forget(self, given_up: list[ClassWriter]) -> None:
        """Forget classes that belong to a class that can't be written: they are written again if they are needed."""
        gone = {id(writer) for writer in given_up}
        self._taken -= {writer.title for writer in given_up}
        self._place = {key: place for key, place in self._place.items() if id(place[0]) not in gone}

    def _form(self, entry: Entry) -> Any:
        """What is the same in uses of a block that one class without conditions can stand for."""
        start = entry.start

        def relative(token: Token) -> Any:
            index = token if isinstance(token, int) else token[0]
            return index - start if index >= start else "outside"

        nodes = tuple(
            (
                self.graph.nodes[index].kind,
                tuple(call.target for call in self.calls[index]),
                tuple(relative(source) for source in self.graph.nodes[index].inputs),
            )
            for index in range(start, entry.end)
        )
        lists = tuple(
            (id(inner.item), inner.repetition, inner.start - start, inner.end - start)
            for listed in entry.lists
            for inner in entries_of(listed)
        )
        return nodes, lists, len(self.read_by(entry)), tuple(map(relative, self.given_by(entry)))

    # ---- modules

    def target(self, call: TorchCall) -> Reference:
        """The name of a module in the file."""
        room, _, word = call.target.partition(".")
        return Reference(word if room == "own" else call.target)

    def attribute_word(self, part: ModulePart) -> str:
        """A name for an attribute that holds one module."""
        leaf = next(iter(part.leaves.values()))
        if isinstance(leaf, Entry):
            return leaf.item.block if isinstance(leaf.item, BlockItem) else "block"
        node, number = leaf
        if number != len(self.calls[node]) - 1 and "Pad" in self.calls[node][number].target:
            return "pad"
        return self.graph.nodes[node].kind

    def entry_at(self, index: int) -> Entry:
        """The innermost item that a node belongs to."""
        around = [entry for entry in self.entries if entry.start <= index < entry.end]
        return min(around, key=lambda entry: entry.end - entry.start)
