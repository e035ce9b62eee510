"""Boxes of layers and blocks, frames, and ports."""

from collections.abc import Iterator

from cnncalc.drawing.faults import DrawnFaults
from cnncalc.drawing.graph._shades import hue
from cnncalc.drawing.parts.figures import PartFigures
from cnncalc.drawing.scene import Box
from cnncalc.drawing.svg import element, shortened, text, text_width, title
from cnncalc.drawing.words import is_each, labels, part_name, volume, weight_line
from cnncalc.graph import Graph

LEFT, EDGE = 14.0, 10.0


class BoxWriter:
    """Writes boxes: `figures` and `single` are those of a part, and of one repetition of it."""

    def __init__(self, graph: Graph, faults: DrawnFaults) -> None:
        self._graph, self._faults = graph, faults

    def box(
        self,
        box: Box,
        figures: PartFigures,
        single: PartFigures,
        about: list[str],
        shade: str,
        names: str = "",
    ) -> str:
        """A layer or a folded block, with its title for viewers; `shade` is the class of its colour, if it has one.

        `names` are those of the layers that it stands for, for a page.
        """
        wrong = [
            message for node in box.part.all_nodes() for message in self._faults.messages.get(node.index, ())
        ]
        kind = "k" if box.kind == "block" else "b"
        is_input = box.part.is_layer and box.part.nodes[0].is_input
        parts = [title(*about, *wrong)]
        behind = range(min(2, box.part.times - 1), 0, -1)
        parts += [_rectangle(box, kind, 6, 3.0 * step) for step in behind]
        parts.append(_rectangle(box, " ".join([kind, *["x"] * bool(wrong)]), 13 if is_input else 6))
        if shade:
            parts.append(_rectangle(box, shade, 13 if is_input else 6))
        elif box.kind == "layer" and not is_input:
            parts.append(
                element(
                    "rect",
                    class_=hue(box.part.nodes[0]),
                    x=box.x,
                    y=box.y + 5,
                    width=4.0,
                    height=box.height - 10,
                )
            )
        parts += self._texts(box, figures, single)
        return element("g", *parts, data_of=names)

    def _texts(self, box: Box, figures: PartFigures, single: PartFigures) -> Iterator[str]:
        x, end = box.x + LEFT, box.x + box.width - EDGE
        shape = shortened(volume(figures.shape), box.width * 0.6, 11)
        room = box.width - LEFT - EDGE - text_width(shape, 11) - 8
        repeated = f" ×{box.part.times}" if box.part.times > 1 else ""
        room -= text_width(repeated, 12, bold=True)
        name = shortened(part_name(box.part, box.block), room, 12, bold=True)
        yield text(x, box.y + 17, name + repeated, "t")
        yield text(end, box.y + 17, shape, "", "end")
        if box.height < 30:
            return
        label = labels(box.part)
        if box.letter:
            label = f"{label}, inside: {box.letter}"
        inner = box.width - LEFT - EDGE
        yield text(x, box.y + 32, shortened(label, inner, 11), "q")
        if box.height > 50:
            words = weight_line(figures, single, box.part.times)
            yield text(x, box.y + 48, shortened(words, inner, 11), "q")

    def frame(
        self, box: Box, figures: PartFigures, single: PartFigures, about: list[str], names: str = ""
    ) -> str:
        """The frame around the parts of a block that is unfolded."""
        repeated = f" ×{box.part.times}" if box.part.times > 1 else ""
        if box.part.times > 1 and not is_each(figures, single, box.part.times):
            # The frame shows the inside of the first; that of the others has other figures.
            repeated += f", inside: {box.part.name}"
        name = shortened(part_name(box.part, box.block) + repeated, box.width - LEFT - EDGE, 12, bold=True)
        rest = box.width - LEFT - EDGE - text_width(name, 12, bold=True) - 12
        words = f"{volume(figures.shape)} · {weight_line(figures, single, box.part.times)}"
        fits = text_width(words, 11) <= rest
        wrong = [
            message for node in box.part.all_nodes() for message in self._faults.messages.get(node.index, ())
        ]
        return element(
            "g",
            title(*about, *wrong),
            _rectangle(box, "f x" if wrong else "f", 8),
            text(box.x + 10, box.y + 17, name, "t"),
            text(box.x + box.width - EDGE, box.y + 17, words, "q", "end") if fits else "",
            data_of=names,
        )

    def port(self, box: Box, words: str, *, dot: bool) -> str:
        """Where a tensor enters a block, or leaves it: a dot, or a pill with its shape."""
        assert box.tensor is not None
        node = self._graph.nodes[box.tensor]
        shape = volume(node.shape)
        if dot:
            centre = element("circle", class_="d", cx=box.x + 5, cy=box.y + 5, r=3.0)
            return element("g", title(f"{words} {shape}", f"from {node.name}"), centre)
        label = shortened(f"{words} {shape}", box.width - 12, 11)
        return element(
            "g",
            title(f"{words} {shape}", f"from {node.name}"),
            _rectangle(box, "b", 11),
            text(box.x + box.width / 2, box.y + 15, label, "q", "middle"),
        )


def _rectangle(box: Box, class_: str, radius: float, aside: float = 0.0) -> str:
    return element(
        "rect", class_=class_, x=box.x + aside, y=box.y + aside, width=box.width, height=box.height, rx=radius
    )
