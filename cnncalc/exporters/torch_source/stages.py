"""The class of the whole network, in stages; and a class layer by layer, where no other form is possible."""

from collections.abc import Sequence
from typing import Any

from cnncalc.exporters.torch_source.flow import Value
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.exporters.torch_source.writer import ClassWriter
from cnncalc.spec import BlockItem, Item


class NetworkWriter(ClassWriter):
    """The network: a chain ends where another stage begins."""

    _stage: Any = None

    def before_item(
        self, items: tuple[Item, ...], position: int, lists: Sequence[Listed], value: Value
    ) -> None:
        if lists[0] is not self.uses[0]:
            return
        item = items[position]
        entries = lists[0].of(item)
        stage = ("block", id(item)) if isinstance(item, BlockItem) else self._part(entries[0])
        if stage != self._stage:
            self.flush()
        self._stage = stage

    def _part(self, entry: Entry) -> Any:
        """Whether a layer is in the head of the network: from where no position is left on."""
        return "head" if entry.start >= self._head else "layers"

    @property
    def _head(self) -> int:
        """The first node of the head: from it on there are only features, or volumes of one position."""
        start = len(self.graph.nodes)
        for node in reversed(self.graph.nodes):
            if node.is_input or node.shape is None or node.shape.positions > 1:
                break
            start = node.index
        return start

    def hint(self, item: Item, turns: list[list[Entry]]) -> tuple[str, bool]:
        if self.context:
            return self.context, False
        if item.controls.name is not None and (
            isinstance(item, BlockItem) or item.controls.repeat is not None
        ):
            return item.controls.name.text, True
        if isinstance(item, BlockItem):
            return ("stage" if len(turns[0]) > 1 else item.block), False
        blocks = any(isinstance(other, BlockItem) for other in self.uses[0].items)
        start = turns[0][0].start
        if start >= self._head:
            return ("head" if blocks else "classifier"), False
        first = start == len(self.graph.inputs)
        return ("stem" if blocks and first else "features" if first else ""), False


class FlatWriter(ClassWriter):
    """Every layer as a step of the forward."""

    def write(self) -> None:
        self.inputs = self.network.inputs_of(self)
        self.values = list(self.inputs)
        starts, end = [len(self.graph.inputs)], len(self.graph.nodes)
        if self.entries is not None:
            starts, end = [entry.start for entry in self.entries], self.entries[0].end
        for offset in range(end - starts[0]):
            nodes = [self.graph.nodes[start + offset] for start in starts]
            instances = [
                instance.at(self.network.entry_at(node.index))
                for instance, node in zip(self.instances, nodes, strict=True)
            ]
            self.node_steps(nodes, instances, {})
        self.outputs = [self.value_of(tokens) for tokens in self.network.outputs_of(self)]
