"""A scale of shades for a figure: steps of the cividis map, which colour-blind people see as others do."""

from collections.abc import Iterable
from math import log

from cnncalc.record import NamedTuple

# From small to large on a light page: from yellow to dark blue (Nunez, Anderton & Renslow 2018). On a dark page it is
# the other way round, so that large figures stand out on both.
RAMP = ("#fee838", "#e1cc55", "#c3b369", "#a59c74", "#8a8678", "#707173", "#575d6d", "#3b496c", "#123570")
# The class of a figure that is 0, and of one that is unknown.
NONE, UNKNOWN = "cz", "cu"


class ShadeScale(NamedTuple):
    """The least and the largest figure of the steps, which are equal factors; `cut`: smaller ones are in the first."""

    least: float
    most: float
    cut: bool = False

    def shade(self, value: float | None) -> str:
        """The class of a figure: `c0` to `c8`, `cz` for nothing, `cu` if it is unknown."""
        if value is None:
            return UNKNOWN
        if value <= 0:
            return NONE
        if self.most <= self.least:
            return f"c{len(RAMP) - 1}"
        part = log(value / self.least) / log(self.most / self.least)
        return f"c{min(len(RAMP) - 1, max(0, int(part * len(RAMP))))}"


def scale_of(values: Iterable[float | None]) -> ShadeScale | None:
    """The scale of figures; None if none is above 0."""
    positive = [value for value in values if value]
    if not positive:
        return None
    least, most = min(positive), max(positive)
    # Steps of more than a factor of two would put nearly all that is large into one.
    lowest = most / 2 ** len(RAMP)
    return ShadeScale(lowest, most, cut=True) if least < lowest else ShadeScale(least, most)
