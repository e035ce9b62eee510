"""Bars of block characters or, if they can't be shown, of ASCII."""

from cnncalc.record import NamedTuple


class Ink(NamedTuple):
    """The characters of a chart: cells from empty to full, upwards and to the right; ticks, axis, bounds."""

    rising: str
    growing: str
    tick: str
    side: str
    corner: str
    floor: str


BLOCKS = Ink(" ▁▂▃▄▅▆▇█", " ▏▎▍▌▋▊▉█", "┤", "│", "┼", "─")
ASCII = Ink(" .:#", " #", "+", "|", "+", "-")


def bar(value: int, most: int, width: int, ink: Ink) -> str:
    """A bar of at most `width` characters; a value above 0 is always visible."""
    steps = len(ink.growing) - 1
    length = -(-value * width * steps // most) if most else 0
    whole, part = divmod(length, steps)
    return ink.growing[-1] * whole + (ink.growing[part] if part else "")
