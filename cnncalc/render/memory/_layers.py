"""The table of layers: what each makes and keeps, and the most that is held while it works."""

from collections.abc import Sequence

from cnncalc.memory.report import LayerRow, folded
from cnncalc.render.figures import UNKNOWN, size
from cnncalc.render.memory._cells import GAP, aligned

# Rows of the table unless every layer is asked for.
ROWS = 24
SIDES = {"layer": "<", "volume": "<"}
# What a narrow page leaves out first.
NARROWER = ("volume", "output", "kept")


def table(layers: Sequence[LayerRow], width: int, every: bool) -> tuple[list[str], int]:
    """The lines under their titles, and how many rows were left out.

    Blocks are one row each, and of many rows those that make (or, in training, keep) most are shown; with `every`, all
    layers.
    """
    rows = list(layers) if every else folded(layers)
    shown = rows
    if not every and len(rows) > ROWS:
        names = {row.name for row in sorted(rows, key=_weight, reverse=True)[:ROWS]}
        shown = [row for row in rows if row.name in names]
    columns = {name: [name, *cells] for name, cells in _columns(shown).items()}
    for name in NARROWER:
        if sum(max(map(len, cells)) + len(GAP) for cells in columns.values()) - len(GAP) > width:
            columns.pop(name, None)
    sides = "".join(SIDES.get(name, ">") for name in columns)
    return aligned(list(zip(*columns.values(), strict=True)), sides), len(rows) - len(shown)


def _weight(row: LayerRow) -> int:
    """What a layer adds: all that waits for the backward pass, or where nothing does its output."""
    return row.output_bytes if row.kept_bytes is None else row.kept_bytes


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
