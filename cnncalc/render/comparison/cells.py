"""A comparison as tables of texts: the totals, and the layers that changed."""

from cnncalc.comparison import Comparison
from cnncalc.render import comparison_words as words
from cnncalc.render.cells import Cells
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.rows import COLUMNS, ComparisonRow, cells_of, rows

TITLES = ("", "layer", *COLUMNS)
SIDES = "<<<<>>>>"


def totals(comparison: Comparison) -> Cells:
    """Every figure, old and new, with its change and the share of it."""
    lines = ((*line[:4], line.percent) for line in words.totals(comparison))
    return Cells(("", "old", "new", "change", ""), "<>>>>", lines)


def changes(comparison: Comparison, page: ComparisonPage) -> tuple[Cells, int]:
    """A row for each change, or for several that read the same; and how many rows are left out by `page.top`."""
    shown, left = rows(comparison, page)
    return Cells(TITLES, SIDES, map(_cells, shown)), left


def _cells(row: ComparisonRow) -> list[str]:
    what, *cells = cells_of(row)
    return [what, row.name, *cells]
