"""Tensors as lines, as wide as they are large."""

from collections.abc import Iterable
from math import log

from cnncalc.drawing.faults import DrawnFaults
from cnncalc.drawing.scene import Edge
from cnncalc.drawing.svg import element, text, title
from cnncalc.drawing.way import way
from cnncalc.drawing.words import volume
from cnncalc.graph import Graph

WIDTHS = 5


class EdgeWriter:
    """Writes edges; widths are in five steps from the smallest tensor to the largest, by equal factors."""

    def __init__(self, graph: Graph, faults: DrawnFaults, edges: Iterable[Edge]) -> None:
        self._graph, self._faults = graph, faults
        shapes = [graph.nodes[edge.wire.tensor].shape for edge in edges]
        sizes = [shape.size for shape in shapes if shape is not None]
        self._least, self._most = (min(sizes), max(sizes)) if sizes else (1, 1)

    def edge(self, edge: Edge) -> str:
        """One tensor from its layer to a reader. One that does not fit is red, with both volumes."""
        node = self._graph.nodes[edge.wire.tensor]
        reader = edge.reader.nodes[0] if edge.reader is not None and edge.reader.is_layer else None
        wrong = self._faults.text(edge.wire.tensor, reader)
        label = title(f"{volume(node.shape)} from {node.name}", wrong)
        if edge.far:
            return self._far(edge, label, wrong)
        colour = "x" if wrong else self._width(edge) if node.shape is not None else "w1 n"
        # Where a tensor leaves a frame it goes on outside.
        arrow = "" if edge.leaves else "url(#r)" if wrong else "url(#a)"
        path = way(edge.points, with_arrow=not edge.leaves)
        line = element("path", label, class_=f"e {colour}", d=path, marker_end=arrow)
        if not wrong:
            return line
        x, y = edge.points[-2]
        return line + text(x + 8, y - 8, wrong, "xt o")

    def _far(self, edge: Edge, label: str, wrong: str) -> str:
        """The two ends of an edge that is too long to be drawn, each with the name of the other."""
        (x, top), (last, bottom) = edge.points
        node = self._graph.nodes[edge.wire.tensor]
        colour = "x" if wrong else "w2 n"
        reader = edge.reader.name if edge.reader is not None else "the end"
        return element(
            "g",
            label,
            element("path", class_=f"e {colour}", d=way(((x, top), (x, top + 20)))),
            text(x + 6, top + 12, f"to {reader}", "q s"),
            element(
                "path",
                class_=f"e {colour}",
                d=way(((last, bottom - 18), (last, bottom))),
                marker_end="url(#a)",
            ),
            text(last + 6, bottom - 6, wrong or f"from {node.name}", "xt s" if wrong else "q s"),
        )

    def _width(self, edge: Edge) -> str:
        shape = self._graph.nodes[edge.wire.tensor].shape
        if shape is None or self._most <= self._least:
            return "w1"
        part = log(shape.size / self._least) / log(self._most / self._least)
        return f"w{1 + min(WIDTHS - 1, int(part * WIDTHS))}"
