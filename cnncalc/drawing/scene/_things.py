"""The things of a scene, each with its place."""

from typing import Literal

from cnncalc.drawing.parts import DrawnPart, Wire
from cnncalc.record import NamedTuple


class Box(NamedTuple):
    """A rectangle: a layer, a block (folded, or a frame around its parts), or a port, with the tensor that it is.

    `block` is the block around it. `letter` is that of the panel that shows the inside of a folded block.
    """

    kind: Literal["layer", "block", "frame", "entry", "exit"]
    part: DrawnPart
    x: float
    y: float
    width: float
    height: float
    block: DrawnPart
    tensor: int | None = None
    letter: str = ""


class Edge(NamedTuple):
    """A tensor on its way from one box to another: its points, two for each row, and the layer that reads it.

    `source` and `reader` are None at the side of a block. A `far` edge has only its two ends.
    """

    points: tuple[tuple[float, float], ...]
    wire: Wire
    source: DrawnPart | None
    reader: DrawnPart | None
    far: bool = False
    # Whether it ends at the border of a frame, and goes on outside.
    leaves: bool = False


class Panel(NamedTuple):
    """The inside of a block that is folded elsewhere, with its letter.

    `uses` are those that are drawn as a box, `in_all` is how many there are in the whole network.
    """

    letter: str
    uses: tuple[DrawnPart, ...]
    in_all: int
    x: float
    y: float
    width: float
    height: float


class Scene(NamedTuple):
    """Everything with its place; the size of it all."""

    boxes: list[Box]
    edges: list[Edge]
    panels: list[Panel]
    width: float
    height: float
