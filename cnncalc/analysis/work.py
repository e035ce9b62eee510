"""Operations on one image, by kind."""

from cnncalc.graph import BoundLayer, Graph
from cnncalc.graph.node import operation_of
from cnncalc.layers import Work

NOTHING = Work()


def work(graph: Graph) -> list[Work | None]:
    """The operations of every node at inference; None if its shapes are unknown."""
    known: dict[BoundLayer, Work] = {}
    result: list[Work | None] = []
    for node in graph.nodes:
        fit = node.fit
        if fit is None or node.shape is None:
            result.append(NOTHING if node.is_input else None)
            continue
        if (operation := operation_of(node)) is not None and operation.macs is None:
            result.append(None)
            continue
        if fit not in known:
            known[fit] = fit.layer.work(fit.inputs)
        result.append(known[fit])
    return result
