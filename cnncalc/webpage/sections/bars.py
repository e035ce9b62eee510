"""Parameters, multiply-adds and activations as bars, layer by layer."""

from cnncalc.drawing import DrawingOptions, TooManyBoxes, draw
from cnncalc.webpage.markup import block
from cnncalc.webpage.section import PageSection, ReportedNetwork


def section(network: ReportedNetwork) -> PageSection | None:
    """The drawing; None for a network without a layer, or with too many."""
    if not network.graph.layers:
        return None
    try:
        drawing = draw("bars", network.analysis, DrawingOptions(in_page=True))
    except TooManyBoxes:
        return None
    return PageSection("bars", "Where it is large", block(drawing, class_="drawing wide"))
