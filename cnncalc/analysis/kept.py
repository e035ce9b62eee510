"""What autograd keeps from the forward to the backward pass in training: every tensor once, however many keep it."""

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analysis.storage import Stored
from cnncalc.graph import Graph, Node
from cnncalc.layers import Tensor
from cnncalc.shape import DTYPES


class KeptTensor(NamedTuple):
    """One tensor that waits for the backward pass: `node` holds it, or made it (`name`); values of one image."""

    node: int
    name: str
    values: int
    dtype: str | None
    batched: bool

    def nbytes(self, *, batch: int, dtype: str) -> int:
        """Its bytes in a batch, where the model's own type is `dtype`."""
        return self.values * DTYPES[self.dtype or dtype] * (batch if self.batched else 1)


def kept(graph: Graph, stored: Sequence[Stored | None]) -> list[KeptTensor] | None:
    """Every tensor autograd keeps, parameters and buffers left out; None where a shape is unknown.

    A layer keeps nothing where no gradient passes: before the first layer with parameters.
    """
    passes = [False] * len(graph.nodes)
    found: dict[tuple[int, str], KeptTensor] = {}
    for node in graph.nodes:
        if node.is_input:
            continue
        fit = node.fit
        if fit is None or node.shape is None:
            return None
        weights = fit.layer.weights(fit.inputs)
        passes[node.index] = any(passes[at] for at in node.inputs) or any(one.trainable for one in weights)
        if not passes[node.index]:
            continue
        for item in fit.layer.keeps(fit.inputs):
            if isinstance(item, Tensor):
                name = (node.index, item.name)
                found[name] = KeptTensor(node.index, item.name, item.size, item.dtype, item.batched)
                continue
            holder = node.index if item == "output" else node.inputs[int(item)]
            tensor = _held(graph, stored, graph.nodes[holder])
            if tensor is None:
                return None
            found[tensor.node, ""] = tensor
    return list(found.values())


def _held(graph: Graph, stored: Sequence[Stored | None], node: Node) -> KeptTensor | None:
    """The tensor that holds a node's output."""
    here = stored[node.index]
    if here is None or (shape := graph.nodes[here.root].shape) is None:
        return None
    return KeptTensor(here.root, "", shape.size, None, True)
