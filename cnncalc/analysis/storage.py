"""Which tensors a forward pass stores: layers that work in place, or only view, store none of their own."""

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
    readers = [0] * len(graph.nodes)
    for node in graph.nodes:
        for at in node.inputs:
            readers[at] += 1
    for at in graph.outputs:
        readers[at] += 1
    result: list[Stored | None] = []
    for node in graph.nodes:
        if node.shape is None or (node.fit is None and not node.is_input):
            result.append(None)
            continue
        how = Storage.OWN if node.fit is None else node.fit.layer.storage(training=training)
        if how is Storage.OWN:
            result.append(Stored(how, node.index, node.shape.size))
            continue
        if how is Storage.WHERE_SAFE:
            safe = _overwritable(graph, result, readers, node.inputs[0])
            how = Storage.IN_PLACE if safe else Storage.OWN
        before = result[node.inputs[0]]
        own = how is Storage.OWN or before is None
        result.append(
            Stored(how, node.index, node.shape.size) if own or before is None else Stored(how, before.root, 0)
        )
    return result


def _overwritable(graph: Graph, stored: list[Stored | None], readers: list[int], at: int) -> bool:
    """Whether the only reader of a node may write over what it reads."""
    while True:
        node: Node = graph.nodes[at]
        here = stored[at]
        if node.is_input or readers[at] != 1 or node.fit is None or here is None:
            return False
        if "output" in node.fit.layer.keeps(node.fit.inputs):
            return False
        if here.root == at:
            return True
        at = node.inputs[0]
