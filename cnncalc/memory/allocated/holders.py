"""The module calls of code that computes a network, and what each of them holds.

In Python the caller of a module has its arguments in a variable until the call returns, whether or not the module needs
them so long. cnncalc builds a network without modules around its layers, so nothing is held there.
"""

from collections.abc import Iterator

from cnncalc.graph import BlockUse, Graph
from cnncalc.memory.allocated.run import Run
from cnncalc.record import NamedTuple


class Stretch(NamedTuple):
    """The nodes of one module call, from `start` to before `stop`."""

    start: int
    stop: int


def stretches(graph: Graph) -> list[Stretch]:
    """Every module call with more than one layer, in the order in which they begin, outer ones first.

    They are those that the spec states (`module: true`). A use of a block that states nothing (no `module` beside it)
    is one as well, and so are the repetitions of such a block together.
    """
    calls = {Stretch(nodes.start, nodes.stop) for _, nodes in graph.module_calls}
    ends: dict[BlockUse, list[int]] = {}
    runs: dict[BlockUse, list[int]] = {}
    for node in graph.nodes:
        for use in _unstated(node.frame):
            ends.setdefault(use, [node.index, 0])[1] = node.index + 1
            runs.setdefault(use.first, [node.index, 0])[1] = node.index + 1
    calls.update(Stretch(*pair) for pairs in (ends, runs) for pair in pairs.values())
    return sorted(
        (stretch for stretch in calls if stretch.stop - stretch.start > 1),
        key=lambda stretch: (stretch.start, -stretch.stop),
    )


def _unstated(use: BlockUse | None) -> Iterator[BlockUse]:
    """The uses of blocks around a layer for which the spec doesn't say whether they are module calls."""
    while use is not None:
        if use.item.controls.module is None:
            yield use
        use = use.parent


class Holders:
    """The module calls that run now, each with the tensors that it holds."""

    def __init__(self, run: Run, nodes: range) -> None:
        """Those that begin and end among `nodes`, a stretch that runs from its start to its end."""
        self._run = run
        self._begin: dict[int, list[Stretch]] = {}
        self._end: dict[int, list[int]] = {}
        for stretch in stretches(run.graph) if run.setup.holders == "modules" else ():
            if nodes.start <= stretch.start and stretch.stop <= nodes.stop:
                self._begin.setdefault(stretch.start, []).append(stretch)

    def enter(self, index: int) -> None:
        """The calls that begin with a node hold what comes from outside of them."""
        for stretch in self._begin.get(index, ()):
            for place in self._outside(stretch):
                number = self._run.recorder.hold(self._run.variables[place])
                self._end.setdefault(stretch.stop - 1, []).append(number)

    def leave(self, index: int) -> None:
        """The calls that end with a node hold nothing any more."""
        for number in self._end.pop(index, ()):
            self._run.recorder.drop(number)

    def _outside(self, stretch: Stretch) -> list[int]:
        """What a call reads from outside."""
        nodes = self._run.graph.nodes
        inside = range(stretch.start, stretch.stop)
        read = {place for index in inside for place in self._run.reads(nodes[index])}
        return sorted(place for place in read if place % len(nodes) not in inside)
