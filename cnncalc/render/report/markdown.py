"""The table as GitHub-flavoured Markdown, for a pull request or a page of docs."""

from collections.abc import Iterator

from cnncalc.render._markdown import line, safe
from cnncalc.render.report import ReportPage
from cnncalc.render.report.cells import cells, notes
from cnncalc.render.report.text import heading
from cnncalc.report import Report
from cnncalc.text import escaped


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """A heading, a pipe table, the totals as a list."""
    spec = report.analysis.graph.spec
    yield f"### {safe(heading(report, None).splitlines()[0])}\n\n"
    if spec.origin:
        yield f"Source: {safe(escaped(spec.origin, 200))}\n\n"
    table = cells(report, page.columns)
    yield line(list(table.titles))
    yield line(["---:" if side == ">" else ":---" for side in table.sides])
    for row in table.rows:
        yield line(list(map(safe, row)))
    yield "\n" + "".join(f"- {safe(text)}\n" for text in notes(report))
    if report.analysis.graph.devices:
        from cnncalc.render import devices

        yield "\n"
        yield from devices.markdown(report.analysis)
