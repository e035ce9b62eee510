"""Which layer made a figure unknown: the layer with the error, for itself and for all nodes that depend on it."""

from cnncalc.graph import Graph, Node


def is_known(node: Node) -> bool:
    """Whether the shape of a node is known, and so all its figures except for parameters."""
    return node.shape is not None and (node.is_input or node.fit is not None)


def causes(graph: Graph) -> list[int | None]:
    """For every node, the index of the node that made it unknown, itself or an earlier one; None if it is known."""
    causes: list[int | None] = []
    for node in graph.nodes:
        if is_known(node):
            causes.append(node.index if node.learns_unknown or node.opaque else None)
            continue
        # Unknown parameters of an input make nothing after it unknown.
        before = (causes[source] for source in node.inputs if not is_known(graph.nodes[source]))
        causes.append(next(before, node.index))
    return causes
