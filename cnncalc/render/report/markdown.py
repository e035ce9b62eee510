"""The table as GitHub-flavoured Markdown, for a pull request or a page of docs."""

import re
from collections.abc import Iterator

from cnncalc.render.report import Page
from cnncalc.render.report._columns import COLUMNS, SHOWN
from cnncalc.render.report.text import heading, totals
from cnncalc.report import Report
from cnncalc.text import escaped


def render(report: Report, page: Page) -> Iterator[str]:
    """A heading, a pipe table, the totals as a list."""
    spec = report.analysis.graph.spec
    yield f"### {_safe(heading(report, None).splitlines()[0])}\n\n"
    if spec.origin:
        yield f"Source: {_safe(escaped(spec.origin, 200))}\n\n"
    columns = [COLUMNS[name] for name in page.columns or SHOWN]
    yield _line([column.title for column in columns])
    yield _line(["---:" if column.align.endswith(">") else ":---" for column in columns])
    for row in report.rows():
        yield _line([_safe(" ".join(cell for cell in column.cells(row) if cell)) for column in columns])
    yield "\n" + "".join(f"- {_safe(line)}\n" for line in totals(report))
    yield "".join(f"- {_safe(line)}\n" for line in report.sentences)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |\n"


def _safe(text: str) -> str:
    """Text that Markdown shows as it is."""
    text = re.sub(r"[\\|*_`<>\[\]~]|&(?=#?\w+;)", r"\\\g<0>", text)
    return " ".join(text.split())
