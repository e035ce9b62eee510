"""The table of `inspect` as texts, and the lines below it."""

from cnncalc.render.cells import Cells
from cnncalc.render.claims import claim_lines
from cnncalc.render.columns import COLUMNS, Column, label, layouts
from cnncalc.render.report._runs import LEGEND, RowRun, runs
from cnncalc.render.report.totals import totals
from cnncalc.report import Report

# What `x3` after a name means.
RUNS = LEGEND


def cells(report: Report, names: tuple[str, ...] | None = None) -> Cells:
    """The rows with the columns of these names, or with those of a wide page. Equal blocks in a row are one row."""
    columns = [COLUMNS[name] for name in names or layouts(report.depth is not None)[0]]
    return Cells(
        [column.title for column in columns],
        "".join(column.align[-1] for column in columns),
        ([_cell(column, run) for column in columns] for run in runs(report, columns)),
    )


def notes(report: Report) -> list[str]:
    """The totals with units, the sentences about the network, and the claims of its spec."""
    return [*totals(report), *report.sentences, *claim_lines(report.analysis)]


def _cell(column: Column, run: RowRun) -> str:
    """A cell: all names in the run, and all operands of a merge."""
    if column.name == "name":
        return run.name
    if column.name == "layer":
        return label(run.row, None)
    return " ".join(cell for cell in column.cells(run.row) if cell)
