"""A memory report as a table of texts: layer by layer."""

from collections.abc import Sequence

from cnncalc.memory.report import LayerRow
from cnncalc.render.cells import Cells
from cnncalc.render.memory._layers import columns_of, side_of


def cells(rows: Sequence[LayerRow]) -> Cells:
    """The output and the kept memory of each layer, and the most memory while it runs."""
    shown = columns_of(rows)
    return Cells(list(shown), "".join(map(side_of, shown)), zip(*shown.values(), strict=True))
