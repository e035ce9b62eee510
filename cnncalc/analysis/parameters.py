"""What a network stores: weights, parameters, buffers."""

from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.graph.node import operation_of
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES


class Parameters(NamedTuple):
    """Counts of values. `weights` do not include biases; buffers are counted as in PyTorch, including counters."""

    weights: int = 0
    params: int = 0
    trainable: int = 0
    buffers: int = 0
    # Buffers with a type of their own, in bytes (the batch counter of bn: 8).
    counters: int = 0
    counter_bytes: int = 0

    def buffer_bytes(self, value_bytes: int) -> int:
        """Bytes of the buffers, if the model's values have `value_bytes` each."""
        return (self.buffers - self.counters) * value_bytes + self.counter_bytes


NONE = Parameters()


def stated(node: Node) -> int | None:
    """The parameters that the spec states of an operation without a layer here; None if it states none."""
    operation = operation_of(node)
    return None if operation is None else operation.params


def parameters(graph: Graph) -> list[Parameters | None]:
    """What every node owns: nothing if it uses the weights of another node, None if its shapes are unknown."""
    known: dict[BoundLayer, Parameters] = {}
    return [_of(node, known) for node in graph.nodes]


def _of(node: Node, known: dict[BoundLayer, Parameters]) -> Parameters | None:
    fit = node.fit
    if fit is None:
        return NONE if node.is_input else None
    if fit.output is None or node.learns_unknown:
        return None
    if node.owner != node.index:
        return NONE
    if (operation := operation_of(node)) is not None:
        params, buffers = operation.params or 0, operation.buffers_count or 0
        return Parameters(params, params, 0 if node.frozen else params, buffers)
    if fit not in known:
        known[fit] = _count(fit)
    counts = known[fit]
    return counts._replace(trainable=0) if node.frozen and counts.trainable else counts


def _count(fit: BoundLayer) -> Parameters:
    weights = fit.layer.weights(fit.inputs)
    buffers = fit.layer.buffers(fit.inputs)
    if not weights and not buffers:
        return NONE
    counters = [buffer for buffer in buffers if buffer.dtype is not None]
    return Parameters(
        weights=sum(weight.size for weight in weights if not weight.is_bias),
        params=sum(weight.size for weight in weights),
        trainable=sum(weight.size for weight in weights if weight.trainable),
        buffers=sum(buffer.size for buffer in buffers),
        counters=sum(buffer.size for buffer in counters),
        counter_bytes=sum(buffer.size * DTYPES[buffer.dtype or ""] for buffer in counters),
    )
