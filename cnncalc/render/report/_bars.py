"""`inspect --bars`: beside the figures of the rows, bars that show where they are large."""

from cnncalc.render.bars import ASCII, BLOCKS, Ink, bar
from cnncalc.render.columns import COLUMNS, Column
from cnncalc.report import Report

# The characters of a bar.
WIDTH = 10
FIGURES = ("values", "count", "macs")
# The bars of a figure have no title beside it; alone they have its title.
BESIDE, ALONE = "bars beside ", "bars of "
BOTH = tuple(name for figure in FIGURES for name in (figure, BESIDE + figure))
# Like the layouts without bars: the first that fits the page. Bars stay to the end.
LAYOUTS = (
    ("name", "layer", "volume", *BOTH),
    ("name", "volume", *BOTH),
    ("name", *BOTH),
    ("name", *(ALONE + figure for figure in FIGURES)),
)


def bar_columns(report: Report, ascii: bool) -> dict[str, Column]:
    """Two columns of bars for each figure; the largest figure of all rows has a whole bar."""
    most = dict.fromkeys(FIGURES, 0)
    for row in report.rows():
        for name in FIGURES:
            value = COLUMNS[name].value(row)
            most[name] = max(most[name], value if isinstance(value, int) else 0)
    ink = ASCII if ascii else BLOCKS
    columns = [
        _column(prefix + name, title, COLUMNS[name], most[name], ink)
        for name in FIGURES
        for prefix, title in ((BESIDE, ""), (ALONE, COLUMNS[name].title))
    ]
    return {column.name: column for column in columns}


def _column(name: str, title: str, figures: Column, most: int, ink: Ink) -> Column:
    def drawn(value: str | int | None) -> str:
        """Of an unknown figure there is no bar."""
        return bar(value, most, WIDTH, ink) if isinstance(value, int) else ""

    return Column(name, title, lambda row: (drawn(figures.value(row)).ljust(WIDTH),), "<", figures.value)
