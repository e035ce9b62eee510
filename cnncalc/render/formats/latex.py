"""LaTeX with the packages booktabs and longtable: a part of a document, in ASCII."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.render.report import ReportPage
    from cnncalc.report import Report


class LaTeX(Format):
    """Renders the table of `inspect`."""

    ends = (".tex", ".latex")

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.latex import render

        return render(report, page)
