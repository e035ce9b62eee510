"""The table of `inspect`: the page that it is laid out for, and how text, JSON and Markdown lay it out."""

from cnncalc.record import NamedTuple


class ReportPage(NamedTuple):
    """Where a report goes: characters in a line (None: no limit), and the columns asked for, if any were."""

    width: int | None = None
    columns: tuple[str, ...] | None = None
