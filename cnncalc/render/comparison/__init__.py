"""A comparison of two networks: its page, and its layout in text, JSON and Markdown."""

from cnncalc.record import NamedTuple


class ComparisonPage(NamedTuple):
    """The page of a comparison: characters in a line (None: no limit), and which rows are shown.

    `depth` folds blocks, `top` is the most rows that are shown, `each` shows equal changes one by one.
    """

    width: int | None = None
    depth: int | None = None
    top: int | None = None
    each: bool = False
