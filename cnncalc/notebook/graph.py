"""A graph in a notebook: its drawing, with the table after a click."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.drawing import DrawingOptions, TooManyBoxes, draw
from cnncalc.graph import Graph
from cnncalc.notebook._bundle import WIDTH, bundle, picture
from cnncalc.notebook._markup import folded, heading, paragraph
from cnncalc.notebook._network import caption, errors, tables
from cnncalc.render.table import of_analysis


def bundle_of(graph: Graph) -> dict[str, str]:
    """HTML and plain text."""
    analysis = Analysis(graph)
    return bundle(graph.title, _parts(analysis), [of_analysis(analysis, WIDTH)])


def _parts(analysis: Analysis) -> Iterator[str]:
    graph = analysis.graph
    drawn = bool(graph.layers) and graph.complete
    if drawn:
        try:
            yield picture(draw("graph", analysis, DrawingOptions()))
        except TooManyBoxes as error:
            drawn = False
            yield heading(caption(analysis))
            yield paragraph(f"{error.count:,} boxes are too many for a drawing.")
    else:
        yield heading(caption(analysis))
    yield errors(graph)
    inside = "".join(tables(analysis))
    yield folded("layer by layer", inside) if drawn else inside
