"""A comparison of two networks: the page that it is laid out for, and how text, JSON and Markdown lay it out."""

from cnncalc.record import NamedTuple


class ComparisonPage(NamedTuple):
    """Where a comparison goes: characters in a line (None: no limit), and which rows are shown.

    `depth` folds blocks, `top` leaves all but so many rows out, `each` shows equal changes one by one.
    """

    width: int | None = None
    depth: int | None = None
    top: int | None = None
    each: bool = False
