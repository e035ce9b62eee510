"""Which nodes are drawn as one layer: a convolution with its norm and its activation."""

from cnncalc.analysis import Analysis
from cnncalc.graph import Node
from cnncalc.report import folds


def layer_groups(analysis: Analysis, *, every: bool = False) -> list[list[Node]]:
    """The nodes in groups, in order; with `every` each is alone.

    A node joins the layer before it if it is written in its item (`norm: bn`), or stores and learns nothing. Nothing
    else may read that layer, and nothing may be wrong with either.
    """
    graph, readers = analysis.graph, analysis.readers
    outputs = set(graph.outputs)
    groups: list[list[Node]] = []
    group_of: dict[int, list[Node]] = {}
    for node in graph.nodes:
        group = None
        if not every and len(node.inputs) == 1:
            before = graph.nodes[node.inputs[0]]
            alone = len(readers[before.index]) == 1 and before.index not in outputs
            if alone and _goes_with(analysis, node, before, group_of[before.index][0]):
                group = group_of[before.index]
        if group is None:
            groups.append(group := [])
        group.append(node)
        group_of[node.index] = group
    return groups


def _goes_with(analysis: Analysis, node: Node, before: Node, first: Node) -> bool:
    if before.is_input or before.frame is not node.frame or node.shape is None or before.shape is None:
        return False
    if node.owner != node.index:
        return False
    written_in = node.item is not None and node.item is first.item and node.name.startswith(f"{first.name}.")
    return written_in or folds(analysis, node)
