"""The table of layers: the output and the kept memory of each, and the most memory while it runs."""

from collections.abc import Sequence

from cnncalc.memory.report import LayerRow, folded
from cnncalc.render.bars import Ink, bar
from cnncalc.render.figures import UNKNOWN, size
from cnncalc.render.memory._cells import GAP, aligned

# The most rows of the table, unless every layer is shown.
ROWS = 24
# Bars: the characters of one, and what their columns' names begin with.
WIDTH, BARS = 8, "bars of "
SIDES = {
    "layer": "<",
    "volume": "<",
    **{BARS + name: "<" for name in ("output", "kept", "forward", "backward")},
}
# The columns that a narrow page leaves out, in this order.
NARROWER = ("volume", "output", "kept", "backward", "forward")


def table(
    layers: Sequence[LayerRow], width: int, every: bool, ink: Ink | None = None
) -> tuple[list[str], int]:
    """The lines under their titles, and how many rows are not shown.

    A block is one row. Of many rows, those with the most output (in training, kept memory) are shown; with `every`, all
    layers. With `ink` there are bars beside what a layer adds, and beside the most memory while it runs.
    """
    rows = list(layers) if every else folded(layers)
    shown = rows
    if not every and len(rows) > ROWS:
        names = {row.name for row in sorted(rows, key=_weight, reverse=True)[:ROWS]}
        shown = [row for row in rows if row.name in names]
    columns = {name: [name, *cells] for name, cells in columns_of(shown).items()}
    if ink is not None:
        columns = _with_bars(columns, shown, ink)
    for name in NARROWER:
        if sum(max(map(len, cells)) + len(GAP) for cells in columns.values()) - len(GAP) > width:
            columns.pop(name, None)
    sides = "".join(map(side_of, columns))
    return aligned(list(zip(*columns.values(), strict=True)), sides), len(rows) - len(shown)


def _weight(row: LayerRow) -> int:
    """The memory that a layer adds: everything that is kept for the backward pass, or else its output."""
    return row.output_bytes if row.kept_bytes is None else row.kept_bytes


def columns_of(rows: Sequence[LayerRow]) -> dict[str, list[str]]:
    """The cells of each column; inference has fewer columns."""
    columns = {
        "layer": [row.name for row in rows],
        "volume": [str(row.output or UNKNOWN) for row in rows],
        "output": [_size(row.output_bytes) for row in rows],
        "kept": [_size(row.kept_bytes) for row in rows],
        "forward": [_size(row.forward) for row in rows],
        "backward": [_size(row.backward) for row in rows],
    }
    return {name: cells for name, cells in columns.items() if any(cells)}


def side_of(column: str) -> str:
    """The side of a column: `<` left, `>` right."""
    return SIDES.get(column, ">")


def _with_bars(columns: dict[str, list[str]], rows: Sequence[LayerRow], ink: Ink) -> dict[str, list[str]]:
    """The columns, and after some of them a column of bars. The largest figure of a column has a whole bar."""
    adds = "kept" if "kept" in columns else "output"
    figures = {
        adds: [_weight(row) for row in rows],
        "forward": [row.forward or 0 for row in rows],
        "backward": [row.backward or 0 for row in rows],
    }
    result = {}
    for name, cells in columns.items():
        result[name] = cells
        if name in figures:
            most = max(figures[name], default=0)
            result[BARS + name] = ["", *(bar(value, most, WIDTH, ink) for value in figures[name])]
    return result


def _size(nbytes: int | None) -> str:
    return size(nbytes) if nbytes else ""
