"""The table as GitHub-flavoured Markdown, for a pull request or a page of docs."""

from collections.abc import Iterator

from cnncalc.render._markdown import line, safe
from cnncalc.render.claims import claim_lines
from cnncalc.render.columns import COLUMNS, Column, label, layouts
from cnncalc.render.report import ReportPage
from cnncalc.render.report._runs import RowRun, runs
from cnncalc.render.report.text import heading
from cnncalc.render.report.totals import totals
from cnncalc.report import Report
from cnncalc.text import escaped


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """A heading, a pipe table, the totals as a list."""
    spec = report.analysis.graph.spec
    yield f"### {safe(heading(report, None).splitlines()[0])}\n\n"
    if spec.origin:
        yield f"Source: {safe(escaped(spec.origin, 200))}\n\n"
    shown = page.columns or layouts(report.depth is not None)[0]
    columns = [COLUMNS[name] for name in shown]
    yield line([column.title for column in columns])
    yield line(["---:" if column.align.endswith(">") else ":---" for column in columns])
    for run in runs(report, columns):
        yield line([_cell(column, run) for column in columns])
    yield "\n" + "".join(f"- {safe(text)}\n" for text in totals(report))
    yield "".join(f"- {safe(text)}\n" for text in (*report.sentences, *claim_lines(report.analysis)))
    if report.analysis.graph.devices:
        from cnncalc.render import devices

        yield "\n"
        yield from devices.markdown(report.analysis)


def _cell(column: Column, run: RowRun) -> str:
    """A cell: all names in the run, and all operands of a merge."""
    if column.name == "name":
        return safe(run.name)
    if column.name == "layer":
        return safe(label(run.row, None))
    return safe(" ".join(cell for cell in column.cells(run.row) if cell))
