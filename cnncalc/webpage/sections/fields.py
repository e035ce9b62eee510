"""Receptive fields on the input."""

from cnncalc.drawing import DrawingOptions, TooManyBoxes, draw
from cnncalc.webpage.markup import block
from cnncalc.webpage.section import PageSection, ReportedNetwork


def section(network: ReportedNetwork) -> PageSection | None:
    """The drawing; None where no layer has a field on positions of the input."""
    fields = network.analysis.receptive_fields
    if not any(fields[node.index] for node in network.graph.layers):
        return None
    try:
        drawing = draw("field", network.analysis, DrawingOptions(in_page=True))
    except TooManyBoxes:
        return None
    return PageSection("fields", "Receptive fields", block(drawing, class_="drawing wide"))
