"""The table as texts, for formats that lay it out themselves: a text for each cell, and what marks mean."""

from collections.abc import Iterator, Sequence

from cnncalc.record import NamedTuple
from cnncalc.render.claims import claim_lines
from cnncalc.render.columns import COLUMNS, Column, label, layouts
from cnncalc.render.figures import UNKNOWN
from cnncalc.render.report import ReportPage
from cnncalc.render.report._runs import LEGEND, RowRun, runs
from cnncalc.render.report.text import heading
from cnncalc.report import Report

BOUND = "<="
MEANINGS = {UNKNOWN: "not known", BOUND: "at most: a bound, not the figure itself"}


class ReportCell(NamedTuple):
    """The text of a cell, whether it is a figure, and whether it is unknown or a bound."""

    text: str
    figure: bool
    marked: bool


def columns_of(report: Report, page: ReportPage) -> list[Column]:
    """The columns that were chosen, else those of a wide page."""
    return [COLUMNS[name] for name in page.columns or layouts(report.depth is not None)[0]]


def rows_of(report: Report, columns: Sequence[Column]) -> Iterator[list[ReportCell]]:
    """The cells of each row. Equal blocks in a row are one, as in text."""
    for run in runs(report, columns):
        yield [_cell(column, run) for column in columns]


def is_figure(column: Column) -> bool:
    return column.align.endswith(">")


def title(report: Report) -> str:
    """The name, the inputs, the type of numbers and the batch."""
    return heading(report, None).splitlines()[0]


def legend(rows: Sequence[Sequence[ReportCell]]) -> list[str]:
    """What the marks in the cells mean, each where it occurs."""
    texts = [cell.text for row in rows for cell in row if cell.marked]
    lines = [
        f"{mark}: {meaning}" for mark, meaning in MEANINGS.items() if any(mark in text for text in texts)
    ]
    return lines + [LEGEND] * any("  x" in row[0].text for row in rows if row)


def sentences_of(report: Report) -> list[str]:
    """What is said below the table."""
    spec = report.analysis.graph.spec
    return [
        *([f"Source: {spec.origin}"] if spec.origin else []),
        *report.sentences,
        *claim_lines(report.analysis),
    ]


def _cell(column: Column, run: RowRun) -> ReportCell:
    if column.name == "name":
        text = run.name
    elif column.name == "layer":
        text = label(run.row, None)
    else:
        text = " ".join(cell for cell in column.cells(run.row) if cell)
    figure = is_figure(column)
    marked = column.name not in ("name", "layer") and (text == UNKNOWN or text.startswith(BOUND))
    return ReportCell(text, figure, marked)
