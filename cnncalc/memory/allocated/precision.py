"""The type that each layer computes in, and what is cast for it: the model's own, or what torch.autocast chooses."""

from cnncalc.graph import Graph, Node
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple

# The type of a model under autocast, and of what autocast keeps out of the lower one.
FULL = "float32"


class Types(NamedTuple):
    """What a layer computes in; the operands (by number) and whether the weights are cast to it first."""

    computes: str
    casts: frozenset[int] = frozenset()
    weights: bool = False


def types(graph: Graph, setup: Setup) -> list[Types]:
    """The types of every node under a setup.

    The inputs of layers in autocast's lists (ATen/autocast_mode.h) are cast; other layers take theirs as they come. A
    CPU has another list of what stays in float32.
    """
    lower = setup.autocast
    if lower is None:
        return [Types(setup.dtype)] * len(graph.nodes)
    types_by_node: list[Types] = []
    for node in graph.nodes:
        types_by_node.append(_under_autocast(node, types_by_node, lower, on_cpu=setup.backend.name == "cpu"))
    return types_by_node


def _under_autocast(node: Node, before: list[Types], lower: str, *, on_cpu: bool) -> Types:
    if node.fit is None:
        return Types(FULL)
    entering = [before[source].computes for source in node.values_of]
    widest = FULL if FULL in entering else lower
    layer = node.fit.layer
    inputs = node.fit.inputs
    rule = layer.autocast_on_cpu(inputs) if on_cpu else layer.autocast_on_cuda(inputs, lower)
    if rule == "lower":
        return Types(lower, _other(entering, lower), weights=True)
    if rule == "float32":
        return Types(FULL, _other(entering, FULL))
    if rule == "widest":
        return Types(widest, _other(entering, widest))
    return Types(FULL if rule == "promotes" else widest)


def _other(entering: list[str], computes: str) -> frozenset[int]:
    """The operands that are of another type."""
    return frozenset(operand for operand, dtype in enumerate(entering) if dtype != computes)
