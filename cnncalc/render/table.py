"""The text of `print(graph)` and `print(figures)`: the table of `inspect`, and the errors below it."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.analysis.summary import sentences
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.render.findings import Findings
from cnncalc.render.formats import format_of
from cnncalc.render.report import ReportPage
from cnncalc.report import Report

# Characters in a line: the same everywhere, so that output can be compared.
WIDTH = 100


def of_graph(graph: Graph) -> str:
    """The table for one image in float32."""
    return of_analysis(Analysis(graph))


def of_analysis(analysis: Analysis, width: int = WIDTH) -> str:
    """The table for the batch and the type of an analysis, without a line feed at its end."""
    return "".join(_parts(analysis, width)).rstrip("\n")


def _parts(analysis: Analysis, width: int) -> Iterator[str]:
    graph = analysis.graph
    if graph.layers:
        table = Report(analysis, sentences=tuple(sentences(analysis)))
        yield from format_of("text").report(table, ReportPage(width))
    if errors := errors_of(graph):
        yield "\n" if graph.layers else ""
        yield errors


def errors_of(graph: Graph) -> str:
    """The errors of a network, one on a line; empty where it has none."""
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    return "".join(format_of("concise").findings(Findings(errors, graph.sources))) if errors else ""
