"""Layers that no gradient reaches: nothing that leads to an output reads them, or only their size is read.

What autograd keeps of such a layer belongs to its output, and to what was made of that: it is freed with the last.
"""

from collections.abc import Sequence

from cnncalc.analysis.kept import differentiable
from cnncalc.graph import Graph


def reached(graph: Graph, passes: Sequence[bool]) -> list[bool]:
    """For every node, whether a gradient of the outputs reaches it; `passes` says which nodes hand gradients on."""
    reaches = [False] * len(graph.nodes)
    for output in graph.outputs:
        reaches[output] = True
    for node in reversed(graph.nodes):
        if passes[node.index] and reaches[node.index]:
            for source in differentiable(node):
                reaches[source] = True
    return reaches


def unreached(graph: Graph, passes: Sequence[bool], reached: Sequence[bool]) -> dict[int, list[int]]:
    """By the layer after which they are freed: the layers whose kept tensors no gradient needs."""
    # The last layer that reads an output, or what was made of it.
    last = list(range(len(graph.nodes)))
    unneeded: dict[int, list[int]] = {}
    for node in reversed(graph.nodes):
        index = node.index
        for source in node.reads:
            last[source] = max(last[source], index)
        for source in differentiable(node) if passes[index] else ():
            last[source] = max(last[source], last[index])
        if passes[index] and not reached[index]:
            unneeded.setdefault(last[index], []).append(index)
    return unneeded
