"""The classes of a network: which uses of a block are one class, and what each use reads and gives."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.exporters.torch_source.base import NotAChain
from cnncalc.exporters.torch_source.blocks import Names
from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.expression import Reference
from cnncalc.exporters.torch_source.flow import Token, Value
from cnncalc.exporters.torch_source.naming import class_name
from cnncalc.exporters.torch_source.parts import Leaf, ModulePart, leaves
from cnncalc.exporters.torch_source.stages import FlatWriter, NetworkWriter
from cnncalc.exporters.torch_source.trace import Entry, Listed, traced
from cnncalc.exporters.torch_source.writer import ClassWriter
from cnncalc.graph import Graph
from cnncalc.layers import Storage, TorchCall
from cnncalc.spec import BlockItem
from cnncalc.spec.known_specs import stem


class Network:
    """A graph, its items, and the classes that are written for them, in the order of the file."""

    def __init__(self, graph: Graph, taken: frozenset[str] = frozenset()) -> None:
        self.graph = graph
        self.root = traced(graph)
        self.calls = _calls(graph)
        self.returned = frozenset(graph.outputs)
        self.reading: dict[int, list[int]] = defaultdict(list)
        for node in graph.nodes:
            for index in node.inputs:
                self.reading[index].append(node.index)
        self.readers = {node.index: len(self.reading[node.index]) for node in graph.nodes}
        # The layers that use the weights of each layer.
        self.borrowers: dict[int, list[int]] = defaultdict(list)
        for node in graph.nodes:
            if node.owner != node.index:
                self.borrowers[node.owner].append(node.index)
        self.uses: dict[str, list[Entry]] = defaultdict(list)
        self.entries: list[Entry] = list(_entries(self.root))
        for entry in self.entries:
            if isinstance(entry.item, BlockItem) and entry.end > entry.start:
                self.uses[entry.item.block].append(entry)
        self.classes: list[ClassWriter] = []
        self._taken = set(taken)
        self._place: dict[int, tuple[ClassWriter, int]] = {}
        self._reads: dict[int, tuple[Token, ...]] = {}
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
            for inner in _entries(listed)
        )
        return nodes, lists, len(self.read_by(entry)), tuple(map(relative, self._given_by(entry)))

    # ---- tensors

    def read_by(self, entry: Entry) -> tuple[Token, ...]:
        """The tensors from outside that an item reads: first the one that enters it."""
        if id(entry) not in self._reads:
            tokens: dict[Token, None] = {}
            for index in range(entry.start, entry.end):
                node = self.graph.nodes[index]
                tokens.update(dict.fromkeys(source for source in node.reads if source < entry.start))
                tokens.update(
                    ((source, "indices"), None) for source in node.indices_of if source < entry.start
                )
            if entry.last is not None and entry.last < entry.start:
                tokens[entry.last] = None
            first = [entry.entering] if entry.entering in tokens and entry.entering is not None else []
            self._reads[id(entry)] = (*first, *(token for token in tokens if token not in first))
        return self._reads[id(entry)]

    def _given_by(self, entry: Entry) -> list[Token]:
        """The tensors inside an item that something outside reads, or the network returns: first its end."""
        assert entry.last is not None
        tokens: dict[Token, None] = {entry.last: None}
        for index in range(entry.start, entry.end):
            outside = [self.graph.nodes[reader] for reader in self.reading[index] if reader >= entry.end]
            if index in self.returned or any(index in node.reads for node in outside):
                tokens[index] = None
            if any(index in node.indices_of for node in outside):
                tokens[index, "indices"] = None
        return list(tokens)

    def inputs_of(self, writer: ClassWriter) -> list[Value]:
        """What a class reads."""
        if writer.entries is None:
            return [_input_value(node.index, node.name) for node in self.graph.inputs]
        reads = [self.read_by(entry) for entry in writer.entries]
        if len({len(read) for read in reads}) != 1:
            raise Unexpressible("inputs")
        words = _words(writer.entries[0])
        values = [Value(tuple(read[position] for read in reads)) for position in range(len(reads[0]))]
        channels = writer.names.known.get("in.channels")
        entering = tuple(entry.entering for entry in writer.entries)
        for value in values:
            if value.tokens == entering and "channels" in writer.names.parameters:
                from cnncalc.exporters.torch_source.expression import name

                value.channels = channels or name("channels")
            else:
                value.name = words.pop(0) if words else "other"
        return values

    def outputs_of(self, writer: ClassWriter) -> list[tuple[Token, ...]]:
        """What a class gives, for each use."""
        if writer.entries is None:
            return [(index,) for index in self.graph.outputs]
        given = [self._given_by(entry) for entry in writer.entries]
        if len({len(tokens) for tokens in given}) != 1:
            raise Unexpressible("outputs")
        return [tuple(tokens[position] for tokens in given) for position in range(len(given[0]))]

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

    def lends(self, earlier: Leaf, later: Leaf) -> bool | None:
        """Whether a module has the weights of an earlier one; None if it has none at all."""
        if isinstance(earlier, Entry) and isinstance(later, Entry):
            pairs = list(zip(range(earlier.start, earlier.end), range(later.start, later.end), strict=False))
            same = earlier.end - earlier.start == later.end - later.start
        elif isinstance(earlier, tuple) and isinstance(later, tuple):
            pairs, same = [(earlier[0], later[0])], earlier[1] == later[1]
        else:
            return False
        lent = [self._lends_node(before, after) for before, after in pairs]
        if not same or False in lent:
            return False
        return True if True in lent else None

    def _lends_node(self, before: int, after: int) -> bool | None:
        nodes = self.graph.nodes
        if self.calls[before] != self.calls[after]:
            return False
        fit = nodes[after].fit
        if fit is None or not (fit.layer.weights(fit.inputs) or fit.layer.buffers(fit.inputs)):
            return None
        return nodes[after].owner == nodes[before].owner and nodes[after].owner != after

    def paths(self) -> dict[tuple[int, int], str]:
        """Where the module of each call is: by node and number of its call. A shared one is where it is first."""
        paths: dict[tuple[int, int], str] = {}
        self._collect(self.main, 0, "", paths)
        return paths

    def _collect(
        self, writer: ClassWriter, number: int, prefix: str, paths: dict[tuple[int, int], str]
    ) -> None:
        instance = writer.instances[number]
        for piece in writer.made:
            for position, leaf in enumerate(leaves(piece.parts, instance)):
                path = prefix + piece.attribute.name + ("" if piece.single else f".{position}")
                if isinstance(leaf, Entry):
                    self._collect(self.writer_of(leaf), self.number_of(leaf), f"{path}.", paths)
                else:
                    paths[leaf] = path


def _entries(listed: Listed) -> Iterator[Entry]:
    for entry in listed.entries:
        yield entry
        for inner in entry.lists:
            yield from _entries(inner)


def _input_value(index: int, word: str) -> Value:
    return Value((index,), None, word)


def _words(entry: Entry) -> list[str]:
    """Names for further inputs of a block: its parameters that name layers."""
    parameters = entry.lists[0].scope.parameters
    return [key for key, value in parameters.items() if isinstance(value, str)]


def _calls(graph: Graph) -> dict[int, tuple[TorchCall, ...]]:
    """The PyTorch calls of every layer; in place where the network allows it in both modes."""
    stored = [Analysis(graph.with_(mode=mode)).storage for mode in ("inference", "training")]
    result: dict[int, tuple[TorchCall, ...]] = {}
    for node in graph.layers:
        assert node.fit is not None
        safe = all(
            (mine := each[node.index]) is not None and mine.storage is Storage.IN_PLACE for each in stored
        )
        result[node.index] = tuple(
            call._replace(arguments={**call.arguments, "inplace": safe or call.arguments["inplace"]})
            if "inplace" in call.arguments
            else call
            for call in node.fit.layer.torch(node.fit.inputs)
        )
    return result
