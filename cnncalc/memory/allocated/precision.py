"""Which type each layer computes in, and what is cast for that: the model's own type, or as torch.autocast has it."""

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
    """Of every node the types under a setup.

    Of layers that autocast knows of (the lists in ATen/autocast_mode.h) the inputs are cast; others take theirs as they
    come. On a CPU its list of what stays in float32 is another.
    """
    lower = setup.autocast
    if lower is None:
        return [Types(setup.dtype)] * len(graph.nodes)
    found: list[Types] = []
    for node in graph.nodes:
        found.append(_under_autocast(node, found, lower, on_cpu=setup.backend.name == "cpu"))
    return found


def _under_autocast(node: Node, before: list[Types], lower: str, *, on_cpu: bool) -> Types:
    if node.fit is None:
        return Types(FULL)
    entering = [before[at].computes for at in node.inputs]
    widest = FULL if FULL in entering else lower
    layer = node.fit.layer
    rule = layer.autocast_on_cpu(node.fit.inputs) if on_cpu else layer.autocast
    if rule == "lower":
        return Types(lower, _other(entering, lower), weights=True)
    if rule == "float32":
        return Types(FULL, _other(entering, FULL))
    return Types(FULL if rule == "promotes" else widest)


def _other(entering: list[str], computes: str) -> frozenset[int]:
    """The operands that are of another type."""
    return frozenset(at for at, kind in enumerate(entering) if kind != computes)
