"""Which values of a tensor a view contains: a range along each dimension."""

from math import gcd
from typing import Self, TypeAlias

from cnncalc.record import NamedTuple

# For each dimension of a layer's input (channels first), the range that its output contains.
Ranges: TypeAlias = tuple[range, ...]


class Region(NamedTuple):
    """Ranges of a tensor's dimensions. If not `aligned`, the dimensions of the view are not those of the tensor."""

    ranges: Ranges
    aligned: bool = True

    @classmethod
    def whole(cls, sizes: tuple[int, ...]) -> Self:
        """All of a tensor of these sizes."""
        return cls(tuple(map(range, sizes)))

    def part(self, part: Ranges | None, dimensions: int) -> Self:
        """The region of a view of a view with this number of `dimensions`; `part` None is all of it, in other
        dimensions.

        If it is not aligned, every part counts as the whole region, which contains it.
        """
        if part is None or not self.aligned:
            return self._replace(aligned=False)
        taken = zip(self.ranges, part, strict=True)
        ranges = tuple(of[positions.start : positions.stop : positions.step] for of, positions in taken)
        return self._replace(ranges=ranges, aligned=dimensions == len(ranges))


def overlap(first: Region | None, other: Region | None) -> bool:
    """Whether two regions of a tensor have a value in common; an unknown region counts as all values."""
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
    # The common numbers repeat with this period: the first one that is in both ranges.
    cycle, least = positions.step * period, max(positions.start, other.start)
    first += -(-(least - first) // cycle) * cycle
    return first <= min(positions[-1], other[-1])
