"""The graph, drawn with each number of levels of blocks unfolded: a reader folds and unfolds."""

from collections.abc import Iterator

from cnncalc.drawing import DrawingOptions, TooManyBoxes, draw
from cnncalc.exact import counted
from cnncalc.webpage.markup import block, plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork

# Characters of all drawings of a graph together, and how many there are at most.
ROOM, MOST = 400_000, 6


def section(network: ReportedNetwork) -> PageSection | None:
    """The drawings; None for a network without a layer."""
    if not network.graph.layers:
        return None
    drawings = list(drawn(network))
    if not drawings:
        words = "This graph has too many boxes to be drawn: blocks and repeat in the spec are folded into one box."
        return PageSection("graph", "Graph", tag("p", plain(words)))
    levels = [
        block(drawing, class_="drawing", data_depth=depth, hidden=depth > 0)
        for depth, drawing in enumerate(drawings)
    ]
    words = "Blocks are folded" if len(drawings) > 1 else "There is no block to unfold"
    most = f"; unfolded up to {counted(len(drawings) - 1, 'level')}" if len(drawings) > 1 else ""
    note = tag("p", plain(f"{words}{most}. The wider a line, the larger the tensor."), class_="quiet")
    return PageSection("graph", "Graph", note + block(*levels, class_="viewer"))


def drawn(network: ReportedNetwork) -> Iterator[str]:
    """The drawings, folded first, as long as unfolding shows more and there is room."""
    before, room = "", ROOM
    for depth in range(MOST):
        try:
            drawing = draw("graph", network.analysis, DrawingOptions(depth=depth, in_page=True))
        except TooManyBoxes:
            return
        room -= len(drawing)
        if drawing == before or (depth and room < 0):
            return
        before = drawing
        yield drawing
        # Where nothing is folded there is nothing to unfold.
        if 'class="k' not in drawing:
            return
