"""Rows of text in columns: what a narrow page has no room for goes on below, within its column."""

from collections.abc import Iterator, Sequence

from cnncalc.record import NamedTuple
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import folded

GAP = "   "
ELLIPSIS = "…"


class TextRow(NamedTuple):
    """The cells of one row, and the style it is shown in."""

    cells: tuple[str, ...]
    style: str = ""


def in_columns(rows: Sequence[TextRow], width: int | None, wrapped: Sequence[int]) -> Iterator[str]:
    """The rows as lines. `wrapped` are the columns that may be broken; the others are cut where nothing else helps."""
    widths = _widths(
        [max(len(row.cells[column]) for row in rows) for column in range(len(rows[0].cells))], width, wrapped
    )
    for row in rows:
        columns = [
            folded(cell, max(1, size)) if index in wrapped and size else [_cut(cell, size)]
            for index, (cell, size) in enumerate(zip(row.cells, widths, strict=True))
        ]
        for line in range(max(map(len, columns))):
            cells = [
                (column[line] if line < len(column) else "").ljust(size)
                for column, size in zip(columns, widths, strict=True)
            ]
            yield Piece(GAP.join(cells).rstrip(), row.style)
            yield "\n"


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(0, room - 1)] + ELLIPSIS


def _widths(natural: list[int], width: int | None, wrapped: Sequence[int]) -> list[int]:
    """The width of each column. The widest that may be broken shrink first; where that is not enough, all do."""
    if width is None:
        return natural
    # Each with the gap after it, the last one without.
    widths = [min(size + len(GAP), width) for size in natural]
    widths[-1] = min(natural[-1], width)
    while (excess := sum(widths) - width) > 0:
        sizes = sorted({widths[column] for column in wrapped}, reverse=True)
        if not sizes or sizes[0] <= len(GAP) + 1:
            widths = _less(widths, range(len(widths)), excess)
            break
        second = sizes[1] if len(sizes) > 1 else len(GAP) + 1
        widest = [column for column in wrapped if widths[column] == sizes[0]]
        widths = _less(widths, widest, min(excess, (sizes[0] - second) * len(widest)))
    return [
        max(min(1, size), min(size, had - (len(GAP) if column < len(natural) - 1 else 0)))
        for column, (size, had) in enumerate(zip(natural, widths, strict=True))
    ]


def _less(widths: Sequence[int], columns: Sequence[int], excess: int) -> list[int]:
    """The widths, those of some columns less by so much in all, as evenly as whole characters allow."""
    smaller = list(widths)
    for number, column in enumerate(columns):
        share = round(excess / (len(columns) - number))
        smaller[column] -= share
        excess -= share
    return smaller
