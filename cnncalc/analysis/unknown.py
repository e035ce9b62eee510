"""Which layer made a figure unknown: the one with the error, for itself and for all that depends on it."""

from cnncalc.graph import Graph, Node


def is_known(node: Node) -> bool:
    """Whether a node's shape is known, and so every figure of it but what it learns."""
    return node.shape is not None and (node.is_input or node.fit is not None)


def causes(graph: Graph) -> list[int | None]:
    """Of every node the index of the node that made it unknown, itself or one before it; None where it is known."""
    causes: list[int | None] = []
    for node in graph.nodes:
        if is_known(node):
            causes.append(node.index if node.learns_unknown else None)
            continue
        # What an input learns makes nothing after it unknown.
        before = (causes[source] for source in node.inputs if not is_known(graph.nodes[source]))
        causes.append(next(before, node.index))
    return causes
