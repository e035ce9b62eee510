"""GitHub-flavoured Markdown, for a pull request or a page of documentation."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.comparison import Comparison, Verdict
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.render.report import ReportPage
    from cnncalc.report import Report


class Markdown(Format):
    """Renders tables: that of `inspect`, and a comparison."""

    escapes = "markdown"

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.markdown import render

        return render(report, page)

    def comparison(
        self, comparison: "Comparison", verdicts: "Sequence[Verdict]", page: "ComparisonPage"
    ) -> Iterator[str]:
        from cnncalc.render.comparison.markdown import render

        return render(comparison, verdicts, page)
