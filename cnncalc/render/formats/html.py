"""A page in HTML, with tables that a screen reader reads; `draw` and `diff` put the drawing into it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.render.report import ReportPage
    from cnncalc.report import Report


class HTML(Format):
    """Renders the table of `inspect`."""

    escapes = "xml"
    ends = (".html", ".htm")

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.html import render

        return render(report, page)
