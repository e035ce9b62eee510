"""Formats of a report. A format is a module with `render(report, page) -> Iterator[str]`: pieces of text."""

from collections.abc import Iterator

from cnncalc import plugins
from cnncalc.record import NamedTuple
from cnncalc.report import Report


class ReportPage(NamedTuple):
    """Where a report goes: characters in a line (None: no limit), and the columns asked for, if any were."""

    width: int | None = None
    columns: tuple[str, ...] | None = None


def formats() -> tuple[str, ...]:
    """Names of the formats."""
    return plugins.names(__name__)


def render(report: Report, format: str, page: ReportPage) -> Iterator[str]:
    """A report in one format, piece by piece."""
    pieces: Iterator[str] = plugins.load(__name__, format).render(report, page)
    return pieces
