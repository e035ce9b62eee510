"""The rows of the table under their titles: aligned, nothing wrapped, what weighs most in bold."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from cnncalc.render.columns import COLUMNS, Column, shortened
from cnncalc.render.columns import layouts as choices
from cnncalc.render.piece import Piece
from cnncalc.render.report import ReportPage
from cnncalc.render.report._runs import LEGEND, RowRun, runs
from cnncalc.render.report.totals import MARGIN
from cnncalc.report import Report

GAP, INNER = 2, 1
# The number of rows that are joined before they are written.
CHUNK = 1000
# A figure is in bold if it is at least one in this many of its column's sum: few layers weigh as much.
HEAVY = 10
BARS = "a whole bar is the largest figure of its column"


def table(report: Report, page: ReportPage) -> Iterator[str]:
    """The rows under their titles. By default, the columns that fit the page.

    If not even the smallest layout fits, names are cut at their start.
    """
    known: Mapping[str, Column] = COLUMNS
    layouts = (page.columns,) if page.columns else choices(report.depth is not None)
    if page.bars:
        from cnncalc.render.report._bars import LAYOUTS, bar_columns

        known, layouts = {**COLUMNS, **bar_columns(report, page.ascii)}, LAYOUTS
    if page.width is None:
        layouts = layouts[:1]
    widths = {name: _widths(known[name]) for name in dict.fromkeys(chain(*layouts))}
    sums = dict.fromkeys((name for name in widths if known[name].adds), 0)
    for row in report.rows():
        for name, sizes in widths.items():
            for index, cell in enumerate(known[name].cells(row)):
                if len(cell) > sizes[index]:
                    sizes[index] = len(cell)
        for name in sums:
            value = known[name].value(row)
            sums[name] += value if isinstance(value, int) else 0
    for shown in layouts:
        columns = [known[name] for name in shown]
        rows, width = runs(report, columns), page.width
        if report.depth is not None and "name" in shown:
            # The name of a run is longer than the names in it.
            rows = iter(kept := list(rows))
            widths["name"] = (
                [max(len(known["name"].title), *(len(run.name) for run in kept))] if kept else [4]
            )
        if width is None or _whole(widths, shown) <= width:
            break
    if page.columns is None and width is not None and (over := _whole(widths, shown) - width) > 0:
        widths["name"] = [max(len("name"), widths["name"][0] - over)]
    yield Piece(_title(columns, widths), "dim")
    yield from _lines(rows, columns, widths, sums)
    if page.bars:
        yield Piece(f"{MARGIN}{BARS}\n", "dim")


def _lines(
    rows: Iterator[RowRun], columns: list[Column], widths: dict[str, list[int]], sums: Mapping[str, int]
) -> Iterator[str]:
    """The lines of the rows, many in a piece, heavy figures as pieces of their own; and what `xN` stands for."""
    several = False
    pending: list[str] = []
    for run in rows:
        several |= len(run.names) > 1
        for piece in _line(columns, widths, run, sums):
            if isinstance(piece, Piece) or len(pending) >= CHUNK:
                yield "".join(pending)
                pending.clear()
            if isinstance(piece, Piece):
                yield piece
            else:
                pending.append(piece)
    yield "".join(pending)
    if several:
        yield Piece(f"{MARGIN}{LEGEND}\n", "dim")


def _whole(widths: dict[str, list[int]], shown: Sequence[str]) -> int:
    """The number of characters of a line."""
    return sum(_total(widths[name]) for name in shown) + len(MARGIN) - GAP


def _widths(column: Column) -> list[int]:
    return [0] * len(column.align) if len(column.align) > 1 else [len(column.title)]


def _total(widths: list[int]) -> int:
    return sum(widths) + INNER * (len(widths) - 1) + GAP


def _title(columns: list[Column], widths: dict[str, list[int]]) -> str:
    cells = []
    for column in columns:
        width = _total(widths[column.name]) - GAP
        right = column.align == ">"
        cells.append(column.title.rjust(width) if right else column.title.ljust(width))
    return (MARGIN + (" " * GAP).join(cells)).rstrip() + "\n"


def _line(
    columns: list[Column], widths: dict[str, list[int]], run: RowRun, sums: Mapping[str, int]
) -> list[str]:
    """The pieces of a line: one, but for heavy figures, which are pieces with a style."""
    pieces: list[str] = []
    text = MARGIN
    for index, column in enumerate(columns):
        text += " " * GAP if index else ""
        sizes = widths[column.name]
        if column.name == "name":
            text += shortened(run.name, sizes[0]).ljust(sizes[0])
            continue
        cells = [
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(column.cells(run.row), sizes, column.align, strict=True)
        ]
        if column.adds and _heavy(column.value(run.row), sums[column.name]):
            # The figure alone, without the product that gives it.
            text += (" " * INNER).join((*cells[:-1], ""))
            figure = cells[-1].lstrip()
            text += " " * (len(cells[-1]) - len(figure))
            pieces += [text, Piece(figure, "bold")]
            text = ""
        else:
            text += (" " * INNER).join(cells)
    return [*pieces, text.rstrip() + "\n"]


def _heavy(figure: str | int | None, whole: int) -> bool:
    return isinstance(figure, int) and figure > 0 and figure * HEAVY >= whole
