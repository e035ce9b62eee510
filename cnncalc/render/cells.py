"""A table as texts, for output that lays its cells out itself: Markdown, HTML."""

from collections.abc import Iterable, Sequence

from cnncalc.record import NamedTuple


class Cells(NamedTuple):
    """The title of each column, its side (`<` left, `>` right), and the rows, made when they are needed."""

    titles: Sequence[str]
    sides: str
    rows: Iterable[Sequence[str]]
