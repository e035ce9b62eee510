"""Which values of a tensor a view of it holds: a range along each dimension."""

from math import gcd
from typing import Self, TypeAlias

from cnncalc.record import NamedTuple

# Of each dimension of a layer's input, channels first, what its output holds of it.
Ranges: TypeAlias = tuple[range, ...]


class Region(NamedTuple):
    """Ranges of a tensor's dimensions. In what is no longer `aligned` the dimensions of a view are not the tensor's."""

    ranges: Ranges
    aligned: bool = True

    @classmethod
    def whole(cls, sizes: tuple[int, ...]) -> Self:
        """Of a tensor of these sizes all."""
        return cls(tuple(map(range, sizes)))

    def part(self, part: Ranges | None, dimensions: int) -> Self:
        """The region of a view of a view, which has so many `dimensions`; `part` None is all of it under others.

        Of what is not aligned every part is taken for the whole: it lies within that.
        """
        if part is None or not self.aligned:
            return self._replace(aligned=False)
        taken = zip(self.ranges, part, strict=True)
        ranges = tuple(of[positions.start : positions.stop : positions.step] for of, positions in taken)
        return self._replace(ranges=ranges, aligned=dimensions == len(ranges))


def overlap(first: Region | None, other: Region | None) -> bool:
    """Whether two regions of a tensor have a value in common; a region that is not known may have any."""
    if first is None or other is None:
        return True
    return all(map(_meet, first.ranges, other.ranges))


def _meet(positions: range, other: range) -> bool:
    """Whether two ranges have a number in common."""
    if not positions or not other:
        return False
    common = gcd(positions.step, other.step)
    steps, rest = divmod(other.start - positions.start, common)
    if rest:
        return False
    period = other.step // common
    first = positions.start + positions.step * (
        steps * pow(positions.step // common, -1, period) % period if period > 1 else 0
    )
    # From there on they meet every so many numbers, before too: the first that both have reached.
    cycle, least = positions.step * period, max(positions.start, other.start)
    first += -(-(least - first) // cycle) * cycle
    return first <= min(positions[-1], other[-1])
