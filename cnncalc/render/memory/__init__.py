"""Formats of a memory report. A format is a module with `render(report, page) -> Iterator[str]`: pieces of text."""

from collections.abc import Iterator

from cnncalc import plugins
from cnncalc.memory.report import MemoryReport
from cnncalc.record import NamedTuple


class MemoryPage(NamedTuple):
    """Where a report goes: characters in a line, whether only ASCII can be shown there, and whether every layer is."""

    width: int = 80
    ascii: bool = False
    layers: bool = False


def render(report: MemoryReport, format: str, page: MemoryPage) -> Iterator[str]:
    """A report in one format, piece by piece."""
    pieces: Iterator[str] = plugins.load(__name__, format).render(report, page)
    return pieces
