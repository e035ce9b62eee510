"""Which tensors a forward pass stores: layers that work in place, or only view, store none of their own."""

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage


class Stored(NamedTuple):
    """Where a node's output lives: how, in whose tensor (a node's index), and the values it adds (an image's)."""

    storage: Storage
    root: int
    values: int


def storage(graph: Graph) -> list[Stored | None]:
    """Of every node where its output lives; None where its shape is unknown.

    `WHERE_SAFE` is decided here. A layer overwrites its input where nobody else reads it, it is no output and no
    input of the network, and no layer behind it keeps what would be overwritten for its backward pass.
    """
    training = graph.mode == "training"
    readers = count_readers(graph)
    result: list[Stored | None] = []
    for node in graph.nodes:
        if node.shape is None or (node.fit is None and not node.is_input):
            result.append(None)
            continue
        how = Storage.OWN if node.fit is None else node.fit.layer.storage(training=training)
        if how is Storage.WHERE_SAFE:
            free = needed_besides(graph, result, readers, node) is None
            how = Storage.IN_PLACE if free else Storage.OWN
        before = None if how is Storage.OWN else result[node.inputs[0]]
        if before is None:
            result.append(Stored(how, node.index, node.shape.size))
        else:
            result.append(Stored(how, before.root, 0))
    return result


def count_readers(graph: Graph) -> list[int]:
    """Of every node how many layers read it; being an output counts as one."""
    readers = [0] * len(graph.nodes)
    for node in graph.nodes:
        for at in node.inputs:
            readers[at] += 1
    for at in graph.outputs:
        readers[at] += 1
    return readers


def needed_besides(
    graph: Graph, stored: Sequence[Stored | None], readers: Sequence[int], reader: Node
) -> str | None:
    """Who needs what a node reads beside the node itself: as the end of a sentence, None where nobody does."""
    at = reader.inputs[0]
    while True:
        node = graph.nodes[at]
        here = stored[at]
        if node.is_input:
            return "is an input of the network"
        if node.fit is None or here is None:
            return "is unknown"
        if at in graph.outputs:
            return "is an output of the network"
        if readers[at] != 1:
            return f"{readers[at]} layers read"
        if "output" in node.fit.layer.keeps(node.fit.inputs):
            return f"`{node.name}` keeps for its backward pass"
        if here.root == at:
            return None
        at = node.inputs[0]
