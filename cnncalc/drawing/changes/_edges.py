"""Tensors between the layers of both networks: those of one network have a line of their own."""

from cnncalc.drawing.changes._style import EDGES
from cnncalc.drawing.changes._tree import place_of
from cnncalc.drawing.changes._union import NEW, OLD, Union
from cnncalc.drawing.faults import DrawnFaults
from cnncalc.drawing.scene import Edge
from cnncalc.drawing.svg import element, text, title
from cnncalc.drawing.way import way
from cnncalc.drawing.words import volume
from cnncalc.graph import Node


class ChangeEdges:
    """Writes edges; `faults` are those of the old and of the new network."""

    def __init__(self, union: Union, faults: tuple[DrawnFaults, DrawnFaults]) -> None:
        self._union, self._faults = union, faults

    def edge(self, edge: Edge) -> str:
        """One line: of both networks, added, or removed; red where the tensor does not fit, with both volumes."""
        kind = self.kind(edge)
        wrong = self._wrong(edge)
        place, _ = place_of(edge.wire.tensor)
        node = self._union.nodes[place]
        what = f"{kind}: " if kind != "same" else ""
        label = title(f"{what}{volume(node.shape)} from {node.name}", wrong)
        class_ = "e ex" if wrong else EDGES.get(kind, "e w1")
        arrow = "" if edge.leaves else "url(#r)" if wrong else "url(#a)"
        if edge.far:
            return self._far(edge, label, class_, node)
        line = element(
            "path", label, class_=class_, d=way(edge.points, with_arrow=not edge.leaves), marker_end=arrow
        )
        if not wrong:
            return line
        x, y = edge.points[-2]
        return line + text(x + 8, y - 8, wrong, "xt o")

    def kind(self, edge: Edge) -> str:
        """Whose the tensors on a line are."""
        end = edge.reader if edge.reader is not None else edge.source
        block = end.up if end is not None else None
        wires = block.wires if block is not None else [edge.wire]
        whose = {
            place_of(wire.tensor)[1]
            for wire in wires
            if (wire.source, wire.target) == (edge.wire.source, edge.wire.target)
        }
        return "added" if whose == {NEW} else "removed" if whose == {OLD} else "same"

    def _wrong(self, edge: Edge) -> str:
        """What does not fit, in the network as it is now, or in the old one where the tensor is only there."""
        place, whose = place_of(edge.wire.tensor)
        number = 0 if whose == OLD else 1
        tensor = self._union.pairs[place][number]
        if tensor is None:
            return ""
        reader: Node | None = None
        if edge.reader is not None and edge.reader.is_layer:
            reader = self._union.counterpart(edge.reader.nodes[0], number)
        return self._faults[number].text(tensor.index, reader)

    def _far(self, edge: Edge, label: str, class_: str, node: Node) -> str:
        """The two ends of an edge that is too long to be drawn, each with the name of the other."""
        (x, top), (last, bottom) = edge.points
        reader = edge.reader.name if edge.reader is not None else "the end"
        return element(
            "g",
            label,
            element("path", class_=class_, d=way(((x, top), (x, top + 20)))),
            text(x + 6, top + 12, f"to {reader}", "q s"),
            element(
                "path", class_=class_, d=way(((last, bottom - 18), (last, bottom))), marker_end="url(#a)"
            ),
            text(last + 6, bottom - 6, f"from {node.name}", "q s"),
        )
