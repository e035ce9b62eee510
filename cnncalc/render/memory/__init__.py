"""A memory report: the page that it is laid out for, and how text and JSON lay it out."""

from cnncalc.record import NamedTuple


class MemoryPage(NamedTuple):
    """Where a report goes: characters in a line, whether only ASCII can be shown there, and whether every layer is."""

    width: int = 80
    ascii: bool = False
    layers: bool = False
