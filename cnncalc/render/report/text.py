"""The table of the course's notes, for a terminal: aligned, nothing wrapped."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from textwrap import wrap

from cnncalc.render.claims import claim_lines
from cnncalc.render.columns import COLUMNS, Column, shortened
from cnncalc.render.columns import layouts as choices
from cnncalc.render.piece import Piece
from cnncalc.render.report import ReportPage
from cnncalc.render.report._runs import LEGEND, RowRun, runs
from cnncalc.render.report._totals import MARGIN, broken, totals
from cnncalc.report import Report
from cnncalc.text import escaped

GAP, INNER = 2, 1
# The most characters of a line between the two ends of the heading.
WIDEST = 120
# The number of rows that are joined before they are written.
CHUNK = 1000


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """Heading, table, totals, sentences, figures that are printed elsewhere."""
    yield Piece(heading(report, page.width), "bold")
    yield "\n\n"
    yield from table(report, page)
    yield "\n" + "".join(f"{MARGIN}{line}\n" for line in totals(report, page.width))
    if report.analysis.graph.devices:
        from cnncalc.render import devices

        yield "\n"
        yield from devices.text(report.analysis, page.width)
    if report.sentences:
        yield "\n" + "".join(f"{MARGIN}{line}.\n" for line in sentences(report, page.width))
    if claims := list(claim_lines(report.analysis)):
        room = _room(page.width)
        lines = claims if room is None else ["\n".join(broken(line, room, 2 * MARGIN)) for line in claims]
        yield "\n" + "".join(f"{MARGIN}{line}.\n" for line in lines)


def heading(report: Report, width: int | None) -> str:
    """Name, input, dtype and batch; their source at the right, if there is room."""
    analysis = report.analysis
    spec = analysis.graph.spec
    inputs = analysis.graph.inputs
    shapes = ", ".join(f"{node.name} {node.shape or '?'}" for node in inputs)
    parts = [
        escaped(spec.name) if spec.name else spec.file,
        shapes,
        analysis.dtype,
        f"batch {analysis.batch}",
    ]
    if analysis.graph.mode != "inference":
        parts.append(analysis.graph.mode)
    left, right = " · ".join(part for part in parts if part), escaped(spec.origin, 200)
    # On a very wide page they would be too far apart.
    space = min(width or 0, WIDEST) - len(left) - len(right)
    if right and space >= 3:
        return left + " " * space + right
    return "\n".join([*_headed(left, width), *(_headed(right, width) if right else ())])


def _headed(text: str, width: int | None) -> list[str]:
    """A line of the heading; a long line continues below, indented."""
    if width is None or len(text) <= width:
        return [text]
    return wrap(
        text, max(20, width), subsequent_indent=MARGIN, break_long_words=False, break_on_hyphens=False
    )


def table(report: Report, page: ReportPage) -> Iterator[str]:
    """The rows under their titles. By default, the columns that fit the page.

    If not even the smallest layout fits, names are cut at their start.
    """
    layouts = (page.columns,) if page.columns else choices(report.depth is not None)
    if page.width is None:
        layouts = layouts[:1]
    widths = {name: _widths(COLUMNS[name]) for name in dict.fromkeys(chain(*layouts))}
    for row in report.rows():
        for name, sizes in widths.items():
            for index, cell in enumerate(COLUMNS[name].cells(row)):
                if len(cell) > sizes[index]:
                    sizes[index] = len(cell)
    for shown in layouts:
        columns = [COLUMNS[name] for name in shown]
        rows, width = runs(report, columns), page.width
        if report.depth is not None and "name" in shown:
            # The name of a run is longer than the names in it.
            rows = iter(kept := list(rows))
            widths["name"] = (
                [max(len(COLUMNS["name"].title), *(len(run.name) for run in kept))] if kept else [4]
            )
        if width is None or _whole(widths, shown) <= width:
            break
    if page.columns is None and width is not None and (over := _whole(widths, shown) - width) > 0:
        widths["name"] = [max(len("name"), widths["name"][0] - over)]
    yield Piece(_title(columns, widths), "dim")
    several = False

    def line(run: RowRun) -> str:
        nonlocal several
        several |= len(run.names) > 1
        return _line(columns, widths, run)

    while chunk := "".join(map(line, islice(rows, CHUNK))):
        yield chunk
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


def _line(columns: list[Column], widths: dict[str, list[int]], run: RowRun) -> str:
    cells = []
    for column in columns:
        if column.name == "name":
            cells.append(shortened(run.name, widths["name"][0]).ljust(widths["name"][0]))
            continue
        aligned = [
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(
                column.cells(run.row), widths[column.name], column.align, strict=True
            )
        ]
        cells.append((" " * INNER).join(aligned))
    return (MARGIN + (" " * GAP).join(cells)).rstrip() + "\n"


def sentences(report: Report, width: int | None) -> list[str]:
    """The sentences, as many on a line as fit; a long one continues below, indented."""
    lines: list[str] = []
    room = _room(width)
    for sentence in report.sentences:
        joined = f"{lines[-1]}; {sentence}" if lines else sentence
        if lines and (room is None or len(joined) <= room):
            lines[-1] = joined
        else:
            lines.append(sentence)
    if room is None:
        return lines
    return [
        "\n".join(wrap(line, room, subsequent_indent=2 * MARGIN, break_on_hyphens=False)) for line in lines
    ]


def _room(width: int | None) -> int | None:
    """The characters of a sentence on a line: after the margin, before a stop."""
    return None if width is None else max(20, width - len(MARGIN) - 1)
