"""The layout of the inside of a block, with its ports. Equal blocks are laid out once."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from cnncalc.drawing.layout import Extent, Layout, layered
from cnncalc.drawing.parts import IN, OUT, DrawnPart
from cnncalc.record import NamedTuple

# Where a block's inside is drawn: as the whole picture, in a frame among other boxes, or in a panel of its own.
Setting: TypeAlias = Literal["whole", "frame", "panel"]

# The size of a block that is folded; a frame is at least as wide.
WIDTH, TALL = 264.0, 56.0
HEADER, PAD = 24.0, 12.0
# Ports: dots in a frame, pills with a shape in a panel and at the end of the network.
DOT, PILL = Extent(5.0, 5.0, 10.0), Extent(62.0, 62.0, 22.0)
# The size of a layer's box.
LayerExtent: TypeAlias = Callable[[DrawnPart], Extent]


class Inside(NamedTuple):
    """Ports and parts of a block with their places: the tensors that enter, then the parts, then those that leave.

    `edges` are the wires of the block, one for each pair of ends: its place among them, and the numbers of both ends.
    """

    layout: Layout
    extents: tuple[Extent, ...]
    edges: tuple[tuple[int, int, int], ...]
    entries: int

    @property
    def line(self) -> float:
        """The x of its first port, on which edges come in; the middle where it has none."""
        return self.layout.x[0] if self.entries else self.layout.width / 2


class Insides:
    """The insides of blocks, each form laid out once for each number of levels that are unfolded in it."""

    def __init__(self, layer_extent: LayerExtent) -> None:
        self._layer_extent = layer_extent
        self._known: dict[tuple[int, int, Setting], Inside] = {}

    def of(self, block: DrawnPart, levels: int, setting: Setting) -> Inside:
        """The inside of a block whose blocks are unfolded for a number of levels."""
        key = (block.form, levels, setting)
        if key not in self._known:
            self._known[key] = self._laid_out(block, levels, setting)
        return self._known[key]

    def extent(self, part: DrawnPart, levels: int) -> Extent:
        """The size of a part: of a block that is unfolded, that of its frame."""
        if part.is_layer:
            return self._layer_extent(part)
        if not levels:
            return Extent(WIDTH / 2, WIDTH / 2, TALL)
        inside = self.of(part, levels - 1, "frame")
        left = max(PAD + inside.line, WIDTH / 2)
        right = max(PAD + inside.layout.width - inside.line, WIDTH / 2)
        return Extent(left, right, HEADER + inside.layout.height)

    def _laid_out(self, block: DrawnPart, levels: int, setting: Setting) -> Inside:
        port = DOT if setting == "frame" else PILL
        entering = (
            {} if setting == "whole" else {tensor: number for number, tensor in enumerate(block.entries)}
        )
        first = len(entering)
        beyond = first + len(block.parts)
        leaving = {tensor: beyond + number for number, tensor in enumerate(block.exits)}
        extents = (
            *(port for _ in entering),
            *(self.extent(part, levels) for part in block.parts),
            *(port for _ in leaving),
        )
        edges: dict[tuple[int, int], int] = {}
        for number, wire in enumerate(block.wires):
            source = entering[wire.tensor] if wire.source == IN else first + wire.source
            target = leaving[wire.tensor] if wire.target == OUT else first + wire.target
            edges.setdefault((source, target), number)
        layout = layered(extents, list(edges), range(beyond, beyond + len(leaving)))
        return Inside(layout, extents, tuple((number, *ends) for ends, number in edges.items()), first)
