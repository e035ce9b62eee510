"""The table of layers: what each makes and keeps, and the most that is held while it works."""

from collections.abc import Sequence

from cnncalc.memory.layer_rows import LayerRow, folded
from cnncalc.render._figures import UNKNOWN, size

GAP = "  "
# Rows of the table unless every layer is asked for.
ROWS = 24
SIDES = {"layer": "<", "volume": "<"}
# What a narrow page leaves out first.
NARROWER = ("volume", "output", "kept")


def table(layers: Sequence[LayerRow], width: int, every: bool) -> tuple[list[str], int]:
    """The lines under their titles, and how many rows were left out.

    Blocks are one row each, and of many rows those in which most is held are shown; with `every`, all layers.
    """
    rows = list(layers) if every else folded(layers)
    shown = rows
    if not every and len(rows) > ROWS:
        largest = sorted(rows, key=_most, reverse=True)[:ROWS]
        names = {row.name for row in largest}
        shown = [row for row in rows if row.name in names]
    columns = {name: [name, *cells] for name, cells in _columns(shown).items()}
    for name in NARROWER:
        if sum(max(map(len, cells)) + len(GAP) for cells in columns.values()) - len(GAP) > width:
            columns.pop(name, None)
    lines = zip(*(_padded(name, cells) for name, cells in columns.items()), strict=True)
    return [GAP.join(line).rstrip() for line in lines], len(rows) - len(shown)


def _most(row: LayerRow) -> int:
    return max(row.forward or 0, row.backward or 0)


def _columns(rows: Sequence[LayerRow]) -> dict[str, list[str]]:
    """The cells of each column; no column for what inference does not have."""
    columns = {
        "layer": [row.name for row in rows],
        "volume": [str(row.output or UNKNOWN) for row in rows],
        "output": [_size(row.output_bytes) for row in rows],
        "kept": [_size(row.kept_bytes) for row in rows],
        "forward": [_size(row.forward) for row in rows],
        "backward": [_size(row.backward) for row in rows],
    }
    return {name: cells for name, cells in columns.items() if any(cells)}


def _size(nbytes: int | None) -> str:
    return size(nbytes) if nbytes else ""


def _padded(name: str, cells: Sequence[str]) -> list[str]:
    width = max(map(len, cells))
    left = SIDES.get(name, ">") == "<"
    return [cell.ljust(width) if left else cell.rjust(width) for cell in cells]
