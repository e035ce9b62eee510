"""What is lost if a layer runs in place and overwrites its input, in the order of the layers.

The rules are PyTorch's. Tensors that share memory share a version number, which every write increases: a tensor that
autograd keeps must still have its version in the backward pass (torch/csrc/autograd/saved_variable.cpp). One of several
views made at once cannot be overwritten if a gradient passes (`CreationMeta::MULTI_OUTPUT_NODE`). And a later layer
that reads the memory sees the new values, without an error.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from cnncalc.analysis.kept import gradient_passes, keeps
from cnncalc.analysis.overlapping import OutputPart, Parts
from cnncalc.analysis.storage import storage
from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage
from cnncalc.vocabulary.groups import ViewOutput
from cnncalc.vocabulary.region import Region, overlap


class Overwriting:
    """Which layers need overwritten values, in training or at inference (where autograd keeps nothing)."""

    def __init__(self, graph: Graph, *, training: bool) -> None:
        mode = "training" if training else "inference"
        self._graph = graph if graph.mode == mode else graph._replace(mode=mode)
        self._training = training
        self._stored = storage(self._graph)
        self._memories: dict[int, _Memory] = {}

    def loss(self, node: Node) -> str | None:
        """What is lost if a layer overwrites its input: the end of a sentence; None if nothing is lost."""
        here = self._stored[node.index]
        if node.fit is None or here is None or here.storage is not Storage.IN_PLACE:
            return None
        return self._refusal(node, here.root) or self._stale(node, here.root)

    @cached_property
    def _passes(self) -> list[bool]:
        return gradient_passes(self._graph)

    @cached_property
    def _keepers(self) -> dict[int, list[int]]:
        """For every tensor, the layers that keep it for the backward pass and need it there."""
        readers: dict[int, list[int]] = {}
        for node in self._graph.nodes if self._training else ():
            if not self._matters[node.index]:
                continue
            for _, tensor in keeps(self._graph, self._stored, self._passes, node) or ():
                # A tensor with a name is one of a layer's own.
                if not tensor.name:
                    readers.setdefault(tensor.node, []).append(node.index)
        return readers

    @cached_property
    def _matters(self) -> list[bool]:
        """For every node, whether an output depends on its values."""
        nodes = self._graph.nodes
        matters = [False] * len(nodes)
        for output in self._graph.outputs:
            matters[output] = True
        for node in reversed(nodes):
            for output in node.values_of if matters[node.index] else ():
                matters[output] = True
        return matters

    @cached_property
    def _members(self) -> dict[int, list[int]]:
        """For every tensor, the nodes whose values it contains."""
        readers: dict[int, list[int]] = {}
        for index, here in enumerate(self._stored):
            if here is not None:
                readers.setdefault(here.root, []).append(index)
        return readers

    @cached_property
    def last_reads(self) -> list[int]:
        """For every node, the last layer that reads its values (a view does not read them); -1 if no layer does."""
        last = [-1] * len(self._graph.nodes)
        for node in self._graph.nodes:
            here = self._stored[node.index]
            if here is None or here.storage is Storage.VIEW:
                continue
            for index in node.values_of:
                last[index] = node.index
        for index in self._graph.outputs:
            last[index] = len(self._graph.nodes)
        return last

    def _refusal(self, node: Node, root: int) -> str | None:
        """Why PyTorch refuses it in training: immediately, or in the backward pass."""
        if not self._training:
            return None
        source = node.inputs[0]
        if self._passes[source] and self._is_one_of_views(source):
            return "is one of several views made at once, which PyTorch refuses"
        keepers = self._keepers.get(root, [])
        before = bisect_left(keepers, node.index)
        if not before:
            return None
        # The layer directly before is the clearest one to name.
        name = self._graph.nodes[source if source in keepers[:before] else keepers[before - 1]].name
        return f"`{name}` keeps for its backward pass"

    def _is_one_of_views(self, index: int) -> bool:
        node = self._graph.nodes[index]
        while node.fit is not None and (here := self._stored[node.index]) and here.storage is not Storage.OWN:
            if node.fit.layer.one_of_views:
                return True
            node = self._graph.nodes[node.inputs[0]]
        return False

    def _stale(self, node: Node, root: int) -> str | None:
        """Which layer or output needs the old values later."""
        graph = self._graph
        if graph.nodes[root].is_input:
            return self._of(node, root, "is an input of the network")
        fit = graph.nodes[root].fit
        if fit is not None and fit.layer.gives_parameter:
            return self._of(node, root, "is a parameter of the network")
        if root not in self._memories:
            self._memories[root] = _Memory(graph, self, self._members[root])
        member = self._memories[root].read_after(node)
        if member is None:
            return None
        if (reader := self.last_reads[member]) == len(graph.nodes):
            return self._of(node, member, "is an output of the network")
        return self._of(node, member, f"`{graph.nodes[reader].name}` reads later")

    def _of(self, node: Node, member: int, what: str) -> str:
        if member == node.inputs[0]:
            return what
        return f"shares its memory with `{self._graph.nodes[member].name}`, which {what}"

    def trains(self, node: Node) -> bool:
        """Whether a gradient passes through the output of a node, in a training step."""
        return self._training and self._passes[node.index]

    def shares(self, index: int) -> bool:
        """Whether the values of a node are in the tensor of its input."""
        here = self._stored[index]
        return here is not None and here.storage is not Storage.OWN and here.root != index


class _Memory:
    """One tensor: a tree of the nodes whose values it contains, each below the node that it is a view of."""

    def __init__(self, graph: Graph, known: Overwriting, members: list[int]) -> None:
        self._known = known
        children: dict[int, list[int]] = {}
        self._regions: dict[int, Region | None] = {}
        # For each node the first of several views made at once that it is a part of, itself included.
        self._at_once: dict[int, int] = {}
        for index in members:
            above = graph.nodes[index].inputs[0] if known.shares(index) else None
            if above is not None:
                children.setdefault(above, []).append(index)
            self._regions[index] = self._region(graph.nodes[index], above)
            if (first := self._first_at_once(graph.nodes[index], above)) is not None:
                self._at_once[index] = first
        self._order = list(_depth_first(members[0], children))
        self._place = {index: place for place, index in enumerate(self._order)}
        # For each node, where the nodes below it end in this order.
        self._end = {index: self._place[index] + 1 for index in self._order}
        for index in reversed(self._order):
            for child in children.get(index, ()):
                self._end[index] = max(self._end[index], self._end[child])
        # PyTorch refuses to use one of several views after any part of its memory was overwritten.
        self._parts = Parts(
            [
                OutputPart(
                    index, None if index in self._at_once else self._regions[index], known.last_reads[index]
                )
                for index in sorted(members)
            ]
        )
        reads = [known.last_reads[index] for index in self._order]
        self._before = list(accumulate(reads, max, initial=-1))
        self._after = list(accumulate(reversed(reads), max, initial=-1))[::-1]

    def _region(self, node: Node, above: int | None) -> Region | None:
        if above is None:
            return Region.whole(node.shape.torch) if node.shape is not None else None
        region = self._regions[above]
        fit = node.fit
        if region is None or fit is None or node.shape is None or not isinstance(fit.layer, ViewOutput):
            return region
        return region.part(fit.layer.part(fit.inputs), len(node.shape.torch))

    def _first_at_once(self, node: Node, above: int | None) -> int | None:
        if above is None or above in self._at_once:
            return None if above is None else self._at_once[above]
        at_once = node.fit is not None and node.fit.layer.one_of_views and self._known.trains(node)
        return node.index if at_once else None

    def read_after(self, node: Node) -> int | None:
        """A node with values in the same memory that is read after `node` has overwritten it, not through `node`."""
        start, end = self._place[node.index], self._end[node.index]
        if max(self._before[start], self._after[end]) <= node.index:
            return None
        mine, source = self._regions[node.index], node.inputs[0]
        # The overwritten node itself if it is one of them, else the first.
        if self._known.last_reads[source] > node.index and overlap(mine, self._regions[source]):
            return source
        read = self._parts.read_after(mine, node.index)
        others = (index for index in read if not start <= self._place[index] < end)
        return next((index for index in others if self._loses(index, node.index, mine)), None)

    def _loses(self, index: int, written: int, region: Region | None) -> bool:
        """Whether a node loses values if the node `written` overwrites a region.

        Views that are made at once, but only after that, are new views of what lies there then.
        """
        first = self._at_once.get(index)
        return (first is not None and first < written) or overlap(region, self._regions[index])


def _depth_first(root: int, children: dict[int, list[int]]) -> Iterator[int]:
    waiting = [root]
    while waiting:
        yield (index := waiting.pop())
        waiting += reversed(children.get(index, ()))
