"""The table of a network as HTML: folded by block, with every layer below it; its totals; its errors."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.analysis.summary import sentences
from cnncalc.graph import Graph
from cnncalc.notebook._markup import folded, paragraph, table, verbatim
from cnncalc.render.report.cells import RUNS, cells, notes
from cnncalc.render.table import errors_of
from cnncalc.report import Report
from cnncalc.webpage.markup import items, plain

MORE = "print() shows all"


def tables(analysis: Analysis) -> Iterator[str]:
    """A table with blocks as rows where there are some, then the totals; every layer after a click."""
    graph = analysis.graph
    report = Report(analysis, sentences=tuple(sentences(analysis)))
    if graph.layers:
        blocks = any(node.frame is not None for node in graph.layers)
        if blocks:
            yield table(cells(report._replace(depth=0)), MORE)
            yield paragraph(RUNS)
        else:
            yield table(cells(report), MORE)
        yield items(map(plain, notes(report)))
        if blocks:
            yield folded("every layer", table(cells(report), MORE))


def errors(graph: Graph) -> str:
    """The errors of a network, each with its place; nothing where it has none."""
    return verbatim(errors_of(graph))


def caption(analysis: Analysis) -> str:
    """The name of the network, and what its figures are for."""
    graph = analysis.graph
    inputs = ", ".join(f"{node.name} {node.shape or '?'}" for node in graph.inputs)
    parts = (graph.title, inputs, analysis.dtype, f"batch {analysis.batch}", graph.mode)
    return " · ".join(part for part in parts if part)
