"""One training step, replayed or tracked, timed from within: `python -m benchmarks._replay SPEC WAY`.

Prints milliseconds. Both begin with the graph, and with all modules loaded.
"""

import sys
from time import perf_counter

import cnncalc
from benchmarks._step import Case
from cnncalc.graph import Graph
from cnncalc.memory import Estimate


def replay(graph: Graph, case: Case) -> object:
    """The trace, and its peak."""
    from benchmarks._tracker import setup

    return Estimate(graph, setup(case)).peak(case.batch)


def tracker(graph: Graph, case: Case) -> object:
    """What PyTorch's tracker finds: of a model that it builds, and two steps."""
    import torch

    from benchmarks._tracker import tracked

    return tracked(torch, graph, case)


WAYS = {"replay": replay, "tracker": tracker}

if __name__ == "__main__":
    spec, way = sys.argv[1:]
    case = Case(spec, "training", "adam", 32)
    WAYS[way](cnncalc.load("lenet5", mode="training"), case)
    graph = cnncalc.load(spec, mode="training")
    start = perf_counter()
    WAYS[way](graph, case)
    print(1000 * (perf_counter() - start))
