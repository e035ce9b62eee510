"""Propagates other shapes through a graph that is already built: a fast check if its layers stay the same."""

import re

from cnncalc.diagnostic import Severity
from cnncalc.graph import BoundLayer, Graph
from cnncalc.graph.findings import REMAINDERS
from cnncalc.shape import Shape

# The words in expressions that read the input of an item.
_READ = re.compile(r"\$in\.(\w+)")
# Keys that state something about shapes, and comments: they change no network.
_STATED = re.compile(r"\bexpect:\s*\{[^{}]*\}|(?:^|\s)#.*")


class Carried:
    """A network without an error, whose inputs get other shapes."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._fits: dict[tuple[int, tuple[Shape, ...]], BoundLayer] = {}
        read = {
            word for source in graph.sources.values() for word in _READ.findall(_STATED.sub("", source.text))
        }
        self._reads = bool(read)
        # If expressions use sizes, or weights are shared, only a build can decide.
        self._same = read <= {"channels"} and all(node.owner == node.index for node in graph.nodes)

    def fits(self, inputs: tuple[Shape, ...]) -> bool | None:
        """Whether these inputs give no error; None if only a build can tell."""
        if not self._same:
            return None
        graph = self._graph
        shapes: list[Shape] = []
        for node in graph.nodes:
            if node.fit is None:
                shapes.append(inputs[len(shapes)])
                continue
            entering = tuple([shapes[source] for source in node.inputs])
            key = id(node.fit.layer), entering
            fit = self._fits.get(key)
            if fit is None:
                fit = self._fits[key] = BoundLayer(node.fit.layer, entering)
            if fit.problems and not self._passes(fit):
                # A comment or `allow` may accept it; or another shortcut is chosen earlier.
                return None if node.allow or graph.spec.ignores or not self._same_shortcuts(shapes) else False
            if fit.output is None:
                return None
            if self._reads and not fit.output.rank and fit.output != node.shape:
                # `$in.channels` may count features here, which differ.
                return None
            shapes.append(fit.output)
        return True if self._same_shortcuts(shapes) else None

    def _same_shortcuts(self, shapes: list[Shape]) -> bool:
        """Whether the shapes so far choose the shortcuts that the network has."""
        nodes = self._graph.nodes
        return all(
            (shapes[first] != shapes[second]) == (nodes[first].shape != nodes[second].shape)
            for first, second in self._graph.residuals
            if max(first, second) < len(shapes)
        )

    def _passes(self, fit: BoundLayer) -> bool:
        """Whether there is no error among the problems of a layer."""
        for problem in fit.problems:
            severity = problem.fault.severity if problem.severity is None else problem.severity
            strict = self._graph.strict and problem.fault.code in REMAINDERS
            if problem.blocking or severity is Severity.ERROR or strict:
                return False
        return True
