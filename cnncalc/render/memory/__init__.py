"""A memory report: its page, and its layout in text and JSON."""

from cnncalc.record import NamedTuple


class MemoryPage(NamedTuple):
    """The page of a report: characters in a line, whether it is ASCII only, whether every layer is shown, with bars."""

    width: int = 80
    ascii: bool = False
    layers: bool = False
    bars: bool = False
