"""Which tensors a forward pass stores: layers that work in place, or only view, store none of their own."""

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage
from cnncalc.layers._groups import ViewOutput
from cnncalc.layers._strides import Strides, in_order, last_in_order


class Stored(NamedTuple):
    """Where a node's output lives: how, in whose tensor (a node's index), and the values it adds (an image's)."""

    storage: Storage
    root: int
    values: int


def storage(graph: Graph, *, channels_last: bool = False) -> list[Stored | None]:
    """Of every node where its output lives; None where its shape is unknown.

    `WHERE_SAFE` is decided here. A layer overwrites its input where nobody else reads it, it is no output and no
    input of the network, and no layer behind it keeps what would be overwritten for its backward pass. And so is what
    PyTorch copies although it is a view elsewhere: `flatten` behind `crop`. With `channels_last` volumes lie in memory
    as `torch.channels_last` has them, and `flatten` copies those of more than one position.
    """
    training = graph.mode == "training"
    result: list[Stored | None] = []
    needs = Needs(graph, result)
    # How values lie in another node's tensor. Those in one of their own are taken to follow each other: layers that
    # leave channels last in memory are not told apart.
    lying: dict[int, Strides] = {}
    for node in graph.nodes:
        if node.shape is None or (node.fit is None and not node.is_input):
            result.append(None)
            continue
        how = Storage.OWN if node.fit is None else node.fit.layer.storage(training=training)
        if how is Storage.WHERE_SAFE:
            how = Storage.IN_PLACE if needs.besides(node) is None else Storage.OWN
        if how is not Storage.OWN and node.fit is not None:
            strides = lying.get(node.inputs[0])
            if isinstance(node.fit.layer, ViewOutput):
                entering = node.fit.inputs
                usual = last_in_order if channels_last else in_order
                strides = node.fit.layer.strides(entering, strides or usual(entering[0].torch))
                how = Storage.OWN if strides is None else how
            if strides is not None:
                lying[node.index] = strides
        before = None if how is Storage.OWN else result[node.inputs[0]]
        if before is None:
            result.append(Stored(how, node.index, node.shape.size))
        else:
            result.append(Stored(how, before.root, 0))
    return result


class Needs:
    """Who needs the values of a node beside the one layer that would overwrite them. `stored` may still be growing."""

    def __init__(self, graph: Graph, stored: Sequence[Stored | None]) -> None:
        self._graph, self._stored = graph, stored
        self._outputs = frozenset(graph.outputs)
        # How many layers read each node; being an output counts as one.
        self._readers = [0] * len(graph.nodes)
        for node in graph.nodes:
            for at in node.inputs:
                self._readers[at] += 1
        for at in graph.outputs:
            self._readers[at] += 1
        self._known: dict[int, str | None] = {}

    def besides(self, reader: Node) -> str | None:
        """Who needs what a node reads beside the node itself: the end of a sentence, None where nobody does."""
        known, way, at = self._known, [], reader.inputs[0]
        while at not in known:
            reason, here = self._of(at), self._stored[at]
            if reason is None and here is not None and here.root != at:
                # It has its values in another's tensor: whoever needs those needs its own.
                way.append(at)
                at = self._graph.nodes[at].inputs[0]
            else:
                known[at] = reason
        known.update(dict.fromkeys(way, known[at]))
        return known[at]

    def _of(self, at: int) -> str | None:
        node = self._graph.nodes[at]
        if node.is_input:
            return "is an input of the network"
        here = self._stored[at]
        if node.fit is None or here is None:
            return "is unknown"
        if at in self._outputs:
            return "is an output of the network"
        if self._readers[at] != 1:
            return f"{self._readers[at]} layers read"
        if node.fit.layer.one_of_views:
            return "is one of several views made at once: PyTorch lets none be overwritten"
        kept = node.fit.layer.keeps(node.fit.inputs)
        # What is in place holds its output where its input was: who keeps that, keeps this.
        if "output" in kept or (here.storage is Storage.IN_PLACE and 0 in kept):
            return f"`{node.name}` keeps for its backward pass"
        return None
