"""What is asked for in a drawing."""

from typing import TYPE_CHECKING

from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from cnncalc.graph import Node
    from cnncalc.memory import Estimate


class DrawingOptions(NamedTuple):
    """How a network is drawn. Each kind of drawing reads what is for it.

    `depth` levels of blocks are unfolded; None lets the kind choose. `every` draws each layer by itself. `shade` is the
    figure by which boxes are coloured (a key of `SHADES`), `layers` are those whose fields are drawn. `estimate` is the
    memory of a run with `batch` images; None where it is not known. `in_page` makes a drawing that is put into a page
    beside others: without what they share (`shared_style`, `shared_shapes`), and with `data-of`, the names of the
    layers that a part of it stands for.
    """

    depth: "int | None" = None
    every: bool = False
    shade: "str | None" = None
    layers: "tuple[Node, ...]" = ()
    estimate: "Estimate | None" = None
    batch: int = 1
    in_page: bool = False
