"""Multiply-adds of the backward pass: the gradients that a training step makes, and no others."""

from cnncalc.analysis.kept import differentiable, gradient_passes
from cnncalc.graph import BoundLayer, Graph
from cnncalc.vocabulary.matrix import BackwardMacs

NOTHING = BackwardMacs()


def backward_work(graph: Graph) -> list[BackwardMacs | None]:
    """Of every node its multiply-adds on one image in the backward pass of a training step; None where unknown.

    Gradients go back from the outputs to the first layers that learn: an input of the network has none, and neither has
    what no output depends on.
    """
    passes, needed = gradient_passes(graph), matters(graph)
    known: dict[tuple[BoundLayer, tuple[bool, ...]], BackwardMacs] = {}
    result: list[BackwardMacs | None] = []
    for node in graph.nodes:
        fit = node.fit
        if fit is None or node.shape is None or node.opaque:
            result.append(NOTHING if node.is_input else None)
            continue
        if not passes[node.index] or not needed[node.index]:
            result.append(NOTHING)
            continue
        wanted = tuple(passes[index] for index in node.inputs)
        if node.frozen:
            result.append(fit.layer.as_frozen().backward_macs(fit.inputs, wanted)._replace(weights=0))
            continue
        if (fit, wanted) not in known:
            known[fit, wanted] = fit.layer.backward_macs(fit.inputs, wanted)
        result.append(known[fit, wanted])
    return result


def matters(graph: Graph) -> list[bool]:
    """Of every node whether a gradient of an output reaches it."""
    needed = [False] * len(graph.nodes)
    for index in graph.outputs:
        needed[index] = True
    for node in reversed(graph.nodes):
        for index in differentiable(node) if needed[node.index] else ():
            needed[index] = True
    return needed


def total(parts: list[BackwardMacs | None]) -> BackwardMacs | None:
    """Of a whole network; None where a part is unknown."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    return BackwardMacs(sum(part.data for part in known), sum(part.weights for part in known))
