"""A network's figures in total. What is not known in part is not known in total: None, never 0."""

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analysis.parameters import Parameters
from cnncalc.analysis.storage import Stored
from cnncalc.graph import Graph, Node
from cnncalc.layers import Work
from cnncalc.shape import DTYPES


class Totals(NamedTuple):
    """Counts of one image; bytes of a batch, in the model's dtype. `layers` are the nodes without the inputs."""

    layers: int
    weight_layers: int
    weights: int | None
    params: int | None
    trainable_params: int | None
    buffers: int | None
    param_bytes: int | None
    buffer_bytes: int | None
    work: Work | None
    activations: int | None
    activation_bytes: int | None

    @property
    def macs(self) -> int | None:
        return None if self.work is None else self.work.macs


def totals(
    graph: Graph,
    owned: Sequence[Parameters | None],
    done: Sequence[Work | None],
    stored: Sequence[Stored | None],
    *,
    batch: int,
    dtype: str,
) -> Totals:
    """Add the passes up over a graph."""
    value = DTYPES[dtype]
    whole = graph.complete and bool(graph.nodes) and None not in owned and None not in stored
    learned = Parameters(*map(sum, zip(*filter(None, owned), strict=True))) if whole else None
    activations = sum(item.values for item in stored if item is not None) if whole else None
    return Totals(
        layers=len(graph.nodes) - len(graph.inputs),
        weight_layers=sum(map(_has_weights, graph.nodes)),
        weights=learned.weights if learned else None,
        params=learned.params if learned else None,
        trainable_params=learned.trainable if learned else None,
        buffers=learned.buffers if learned else None,
        param_bytes=learned.params * value if learned else None,
        buffer_bytes=learned.buffer_bytes(value) if learned else None,
        work=Work(*map(sum, zip(*filter(None, done), strict=True))) if whole else None,
        activations=activations,
        activation_bytes=activations * value * batch if activations is not None else None,
    )


def _has_weights(node: Node) -> bool:
    """Whether papers would count it among the layers: a convolution or a fully-connected layer."""
    return node.fit is not None and node.fit.layer.family in ("convolution", "linear")
