"""Lines of the spec: their ids in the page."""

from cnncalc.diagnostic import Span
from cnncalc.graph import Node
from cnncalc.text import Source
from cnncalc.webpage.section import ReportedNetwork

# Lines of one text that are shown at most; of a longer one only those around its findings.
MOST = 3000


def line_id(network: ReportedNetwork, text: int, line: int) -> str:
    """The id of a line of the text with this number, from 0: the spec's own is the first."""
    return network.own(f"line{line}" if text == 0 else f"text{text}-line{line}")


def shown_line(network: ReportedNetwork, span: Span | None) -> str | None:
    """The id of the line of a place, if it is shown wherever it is."""
    if span is None:
        return None
    for number, source in enumerate(network.graph.sources.values()):
        if source.name == span.file:
            count = lines_of(source)
            return line_id(network, number, span.line) if span.line <= count <= MOST else None
    return None


def lines_of(source: Source) -> int:
    """How many lines a text has."""
    return source.text.count("\n") + (not source.text.endswith("\n"))


def place_of(network: ReportedNetwork, node: Node) -> Span | None:
    """Where a layer or an input is written."""
    return node.item.span if node.item is not None else network.graph.places.get(node.index)
