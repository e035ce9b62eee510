"""Small files of other formats, read for tests."""

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.importers import Draft, Unreadable, document, text
from cnncalc.importers.formats import ImportRequest
from cnncalc.importers.reading import read
from cnncalc.shape import Shape


def draft_of(content: str, file: str, size: Shape | int | None = None, mode: str = "inference") -> Draft:
    """The draft of a text."""
    return read(content.encode(), file, ImportRequest({} if size is None else {"": size}, mode))


def graph_of(content: str, file: str, size: Shape | int | None = None, mode: str = "inference") -> Graph:
    """The graph of the flat spec, which must be without errors."""
    graph = cnncalc.load(text(document(draft_of(content, file, size, mode))))
    assert graph.ok, [item.message for item in graph.diagnostics]
    return graph


def params(graph: Graph) -> int | None:
    return Analysis(graph).totals.params


def faults_of(content: str | bytes, file: str, size: Shape | None = None) -> list[Diagnostic]:
    """The errors of a file that cannot be read."""
    data = content.encode() if isinstance(content, str) else content
    try:
        read(data, file, ImportRequest({} if size is None else {"": size}))
    except Unreadable as error:
        return list(error.diagnostics)
    raise AssertionError("the file was read")


def place(item: Diagnostic) -> tuple[str, int, int]:
    """The code of a diagnostic, and its line and column."""
    return item.code, item.span.line, item.span.column
