"""Layers that no gradient reaches: nothing that leads to an output reads them, or only their size is read.

What autograd keeps of such a layer hangs on its output, and on what was made of that: it goes with the last of them.
"""

from cnncalc.memory.run import Run


def unreached(run: Run) -> dict[int, list[int]]:
    """By the layer behind which it goes: the layers whose kept tensors nobody will ask for."""
    reached = [False] * len(run.graph.nodes)
    for at in run.graph.outputs:
        reached[at] = True
    # The last layer that reads an output, or what was made of it.
    last = list(range(len(run.graph.nodes)))
    gone: dict[int, list[int]] = {}
    for node in reversed(run.graph.nodes):
        index = node.index
        differentiable = node.inputs[:1] if node.fit and node.fit.layer.reads_first else node.inputs
        for at in node.inputs:
            last[at] = max(last[at], index)
        for at in differentiable if run.passes[index] else ():
            last[at] = max(last[at], last[index])
            reached[at] = reached[at] or reached[index]
        if run.passes[index] and not reached[index]:
            gone.setdefault(last[index], []).append(index)
    return gone
