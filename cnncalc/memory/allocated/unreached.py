"""Layers that no gradient reaches: nothing that leads to an output reads them, or only their size is read.

What autograd keeps of such a layer depends on its output, and on what was made of that: it goes with the last of them.
"""

from collections.abc import Sequence

from cnncalc.analysis.kept import differentiable
from cnncalc.graph import Graph


def reached(graph: Graph, passes: Sequence[bool]) -> list[bool]:
    """Of every node whether a gradient of the outputs reaches it; `passes` says which hand gradients on."""
    found = [False] * len(graph.nodes)
    for at in graph.outputs:
        found[at] = True
    for node in reversed(graph.nodes):
        if passes[node.index] and found[node.index]:
            for at in differentiable(node):
                found[at] = True
    return found


def unreached(graph: Graph, passes: Sequence[bool], reached: Sequence[bool]) -> dict[int, list[int]]:
    """By the layer after which it goes: the layers whose kept tensors no gradient asks for."""
    # The last layer that reads an output, or what was made of it.
    last = list(range(len(graph.nodes)))
    gone: dict[int, list[int]] = {}
    for node in reversed(graph.nodes):
        index = node.index
        for at in node.inputs:
            last[at] = max(last[at], index)
        for at in differentiable(node) if passes[index] else ():
            last[at] = max(last[at], last[index])
        if passes[index] and not reached[index]:
            gone.setdefault(last[index], []).append(index)
    return gone
