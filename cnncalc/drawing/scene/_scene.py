"""From parts to places: the trunk with what is unfolded in it, and beside it a panel for each other block."""

from collections.abc import Iterator
from typing import Literal

from cnncalc.analysis import Analysis
from cnncalc.drawing.layout import Extent
from cnncalc.drawing.parts import OUT, DrawnPart, check_count
from cnncalc.drawing.parts.figures import weighs
from cnncalc.drawing.scene._ends import EdgeEnds
from cnncalc.drawing.scene._inside import HEADER, PAD, TALL, WIDTH, Inside, Insides, LayerExtent, Setting
from cnncalc.drawing.scene._panels import COLUMN_GAP, TITLE, columns, folded_blocks, letters, uses_of_forms
from cnncalc.drawing.scene._things import Box, Edge, Panel, Scene

# The heights of a layer without figures, and of an input.
LOW, INPUT = 39.0, 26.0


def scene(analysis: Analysis, root: DrawnPart, depth: int) -> Scene:
    """The places of a network whose blocks are unfolded for `depth` levels. Raises `TooManyBoxes`."""

    def extent(layer: DrawnPart) -> Extent:
        height = INPUT if layer.nodes[0].is_input else TALL if weighs(analysis, layer) else LOW
        return Extent(WIDTH / 2, WIDTH / 2, height)

    return placed(root, depth, extent)


def placed(root: DrawnPart, depth: int, layer_extent: LayerExtent) -> Scene:
    """The places of parts whose boxes have sizes of their own. Raises `TooManyBoxes`."""
    check_count(root, depth)
    insides = Insides(layer_extent)
    panels = folded_blocks(root, depth)
    letter_of = {uses[0].form: letter for letter, uses in zip(letters(), panels, strict=False)}
    placing = _Placing(insides, letter_of)
    trunk = insides.of(root, depth, "whole").layout
    placing.place(root, 0.0, 0.0, depth, "whole")
    width, height = trunk.width, trunk.height
    shown: list[Panel] = []
    sizes = []
    counts = uses_of_forms(root) if panels else {}
    for uses in panels:
        layout = insides.of(uses[0], 0, "panel").layout
        sizes.append((layout.width + 2 * PAD, layout.height + TITLE + PAD))
    for uses, (x, y), size in zip(panels, columns(sizes, trunk.height), sizes, strict=True):
        left = trunk.width + COLUMN_GAP + x
        shown.append(Panel(letter_of[uses[0].form], uses, counts[uses[0].form], left, y, *size))
        placing.place(uses[0], left + PAD, y + TITLE, 0, "panel")
        width, height = max(width, left + size[0]), max(height, y + size[1])
    return Scene(placing.boxes, placing.edges, shown, width, height)


class _Placing:
    """Boxes and edges, added block by block."""

    def __init__(self, insides: Insides, letter_of: dict[int, str]) -> None:
        self._insides, self._letter_of = insides, letter_of
        self.boxes: list[Box] = []
        self.edges: list[Edge] = []

    def place(self, block: DrawnPart, x: float, y: float, levels: int, setting: Setting) -> None:
        """Add the inside of a block at a place, with the blocks that are unfolded in it."""
        waiting = [(block, x, y, levels, setting)]
        while waiting:
            block, x, y, levels, setting = waiting.pop()
            inside = self._insides.of(block, levels, setting)
            for box in self._boxes(block, inside, x, y, levels):
                self.boxes.append(box)
                if box.kind == "frame":
                    inner = self._insides.of(box.part, levels - 1, "frame")
                    line = x + inside.layout.x[inside.entries + block.parts.index(box.part)]
                    waiting.append((box.part, line - inner.line, box.y + HEADER, levels - 1, "frame"))
            self.edges += self._edges(block, inside, x, y, levels, setting)

    def _boxes(self, block: DrawnPart, inside: Inside, x: float, y: float, levels: int) -> Iterator[Box]:
        ends = [*block.entries] if inside.entries else []
        beyond = inside.entries + len(block.parts)
        exits = [*block.exits]
        for number, extent in enumerate(inside.extents):
            left, top = x + inside.layout.x[number] - extent.left, y + inside.layout.y[number]
            size = (extent.left + extent.right, extent.height)
            if number < inside.entries:
                yield Box("entry", block, left, top, *size, block, ends[number])
            elif number >= beyond:
                yield Box("exit", block, left, top, *size, block, exits[number - beyond])
            else:
                part = block.parts[number - inside.entries]
                kind: Literal["layer", "block", "frame"] = (
                    "layer" if part.is_layer else "frame" if levels else "block"
                )
                letter = self._letter_of.get(part.form, "") if kind == "block" else ""
                yield Box(kind, part, left, top, *size, block, letter=letter)

    def _edges(
        self, block: DrawnPart, inside: Inside, x: float, y: float, levels: int, setting: Setting
    ) -> Iterator[Edge]:
        ends = EdgeEnds(self._insides, block, inside, levels)
        for (index, source, target), link, first, last in zip(
            inside.edges, inside.layout.links, ends.starts(), ends.targets(), strict=True
        ):
            wire = block.wires[index]
            start = None if wire.source < 0 else block.parts[wire.source]
            reader = None if wire.target == OUT else block.parts[wire.target]
            if link.far:
                top, bottom = inside.layout.y[source] + inside.extents[source].height, inside.layout.y[target]
                points: tuple[tuple[float, float], ...] = ((first, top), (last, bottom))
            else:
                points = ((first, link.points[0][1]), (first, link.points[1][1]), *link.points[2:-2])
                points += ((last, link.points[-2][1]), (last, link.points[-1][1]))
            leaves = setting == "frame" and reader is None
            moved = tuple((x + across, y + down) for across, down in points)
            yield Edge(moved, wire, start, reader, link.far, leaves)
