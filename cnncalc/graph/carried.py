"""Propagates other shapes through a graph that is already built: a fast check if its layers stay the same."""

import re

from cnncalc.diagnostic import Severity
from cnncalc.graph.findings import REMAINDERS
from cnncalc.graph.model import Graph
from cnncalc.graph.node import BoundLayer
from cnncalc.shape import Shape

# The words in expressions that read the input of an item. (Compiled for a spec that has such an expression.)
_READ = r"\$in\.(\w+)"
# Keys that state something about shapes, and comments: they change no network.
_STATED = r"\bexpect:\s*\{[^{}]*\}|(?:^|\s)#.*"


class Carried:
    """A network without an error, whose inputs get other shapes."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        # What each call needs of a node: thousands of sizes may be tried.
        self._steps = [
            (None if node.fit is None else node.fit.layer, node.inputs, node.shape) for node in graph.nodes
        ]
        # By layer and what enters it: its output, and whether it has no error.
        self._outputs: dict[tuple[int, tuple[Shape, ...]], tuple[Shape | None, bool]] = {}
        read = {
            word
            for source in graph.sources.values()
            if "$in." in source.text
            for word in re.findall(_READ, re.sub(_STATED, "", source.text))
        }
        self._reads = bool(read)
        # If expressions use sizes, or weights are shared, only a build can decide.
        self._same = read <= {"channels"} and all(node.owner == node.index for node in graph.nodes)

    def fits(self, inputs: tuple[Shape, ...]) -> bool | None:
        """Whether these inputs give no error; None if only a build can tell."""
        return self.shapes(inputs)[0]

    def shapes(self, inputs: tuple[Shape, ...]) -> tuple[bool | None, list[Shape]]:
        """Whether these inputs give no error, and the outputs of the nodes, as far as the first that does not fit."""
        if not self._same:
            return None, []
        outputs = self._outputs
        shapes: list[Shape] = []
        for layer, reads, shape in self._steps:
            if layer is None:
                shapes.append(inputs[len(shapes)])
                continue
            entering = tuple([shapes[source] for source in reads])
            key = id(layer), entering
            known = outputs.get(key)
            if known is None:
                fit = BoundLayer(layer, entering)
                known = outputs[key] = fit.output, self._passes(fit)
            output, passes = known
            if not passes:
                return self._refused(shapes), shapes
            if output is None:
                return None, shapes
            if self._reads and not output.rank and output != shape:
                # `$in.channels` may count features here, which differ.
                return None, shapes
            shapes.append(output)
        return (True if self._same_shortcuts(shapes) else None), shapes

    def _refused(self, shapes: list[Shape]) -> bool | None:
        """False if the next layer has an error; None if a comment or `allow` may accept it, or shortcuts differ."""
        node, spec = self._graph.nodes[len(shapes)], self._graph.spec
        return None if node.allow or spec.ignores or not self._same_shortcuts(shapes) else False

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
