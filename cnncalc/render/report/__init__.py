"""The table of `inspect`: its page, and its layout in text, JSON and Markdown."""

from cnncalc.record import NamedTuple


class ReportPage(NamedTuple):
    """The page of a report: characters in a line (None: no limit), and the chosen columns, if any.

    With `bars` there are bars beside the figures, of ASCII characters alone if the output has no others.
    """

    width: int | None = None
    columns: tuple[str, ...] | None = None
    bars: bool = False
    ascii: bool = False
