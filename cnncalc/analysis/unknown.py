"""Which layer made a figure unknown: the one with the error, for itself and for all that depends on it."""

from cnncalc.graph import Graph, Node


def is_known(node: Node) -> bool:
    """Whether a node's shape is known, and so every figure of it but what it learns."""
    return node.shape is not None and (node.is_input or node.fit is not None)


def causes(graph: Graph) -> list[int | None]:
    """Of every node the index of the node that made it unknown, itself or one before it; None where it is known."""
    found: list[int | None] = []
    for node in graph.nodes:
        if is_known(node):
            found.append(node.index if node.learns_unknown else None)
            continue
        # What an input learns makes nothing after it unknown.
        before = (found[at] for at in node.inputs if not is_known(graph.nodes[at]))
        found.append(next(before, node.index))
    return found
