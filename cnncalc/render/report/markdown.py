"""The table as GitHub-flavoured Markdown, for a pull request or a page of docs."""

from collections.abc import Iterator

from cnncalc.render._markdown import line, safe
from cnncalc.render.report import Page
from cnncalc.render.report._columns import COLUMNS, SHOWN
from cnncalc.render.report.text import heading, totals
from cnncalc.report import Report
from cnncalc.text import escaped


def render(report: Report, page: Page) -> Iterator[str]:
    """A heading, a pipe table, the totals as a list."""
    spec = report.analysis.graph.spec
    yield f"### {safe(heading(report, None).splitlines()[0])}\n\n"
    if spec.origin:
        yield f"Source: {safe(escaped(spec.origin, 200))}\n\n"
    columns = [COLUMNS[name] for name in page.columns or SHOWN]
    yield line([column.title for column in columns])
    yield line(["---:" if column.align.endswith(">") else ":---" for column in columns])
    for row in report.rows():
        yield line([safe(" ".join(cell for cell in column.cells(row) if cell)) for column in columns])
    yield "\n" + "".join(f"- {safe(text)}\n" for text in totals(report))
    yield "".join(f"- {safe(text)}\n" for text in report.sentences)
