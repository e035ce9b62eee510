"""The tensors that enter and leave the items of a network, and the classes that are written for them."""

from collections import defaultdict
from typing import TYPE_CHECKING

from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.expression import name
from cnncalc.exporters.torch_source.flow import Token, Value
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.graph import Graph

if TYPE_CHECKING:
    from cnncalc.exporters.torch_source.writer import ClassWriter


class Tensors:
    """Which layers read each value of a graph, and what each item and each class reads and gives."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.returned = frozenset(graph.outputs)
        self.reading: dict[int, list[int]] = defaultdict(list)
        for node in graph.nodes:
            for index in node.inputs:
                self.reading[index].append(node.index)
        self.readers = {node.index: len(self.reading[node.index]) for node in graph.nodes}
        self._reads: dict[int, tuple[Token, ...]] = {}

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

    def given_by(self, entry: Entry) -> list[Token]:
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

    def inputs_of(self, writer: "ClassWriter") -> list[Value]:
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
                value.channels = channels or name("channels")
            else:
                value.name = words.pop(0) if words else "other"
        return values

    def outputs_of(self, writer: "ClassWriter") -> list[tuple[Token, ...]]:
        """What a class gives, for each use."""
        if writer.entries is None:
            return [(index,) for index in self.graph.outputs]
        given = [self.given_by(entry) for entry in writer.entries]
        if len({len(tokens) for tokens in given}) != 1:
            raise Unexpressible("outputs")
        return [tuple(tokens[position] for tokens in given) for position in range(len(given[0]))]


def _input_value(index: int, word: str) -> Value:
    return Value((index,), None, word)


def _words(entry: Entry) -> list[str]:
    """Names for further inputs of a block: its parameters that name layers."""
    parameters = entry.lists[0].scope.parameters
    return [key for key, value in parameters.items() if isinstance(value, str)]
