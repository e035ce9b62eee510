"""The list of shipped specs, as text. (As JSON it is the records themselves.)"""

from collections.abc import Iterator, Sequence

from cnncalc.record import NamedTuple
from cnncalc.render.figures import exact, short
from cnncalc.render.piece import Piece

TITLES = ("spec", "input", "parameters", "MACs", "source")


class ShippedSpec(NamedTuple):
    """A shipped spec: its name as an argument, its title, its inputs, its figures, and where it is from."""

    spec: str
    name: str
    input: str
    params: int | None
    macs: int | None
    source: str


def text(specs: Sequence[ShippedSpec], width: int | None) -> Iterator[str]:
    """A row for each under its titles. On a narrow page the source alone is cut."""
    rows = [TITLES, *map(_cells, specs)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    longest = max(len(row[4]) for row in rows)
    room = longest if width is None else width - sum(widths) - 3 * len(widths)
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(size) if column > 1 else cell.ljust(size)
            for column, (cell, size) in enumerate(zip(row, widths, strict=False))
        ]
        source = row[4] if width is None else _cut(row[4], room)
        shown = [*cells, source] if room >= len("source") else cells
        yield Piece("   ".join(shown).rstrip() + "\n", "" if number else "bold")


def _cells(spec: ShippedSpec) -> tuple[str, ...]:
    source = f"{spec.name}: {spec.source}" if spec.source else spec.name
    return spec.spec, spec.input, exact(spec.params), short(spec.macs), source


def _cut(text: str, room: int) -> str:
    """As much of a text as a terminal has room for, in columns."""
    if text.isascii() and len(text) <= room:
        return text
    from rich.text import Text

    cut = Text(text)
    cut.truncate(room, overflow="ellipsis")
    return cut.plain
