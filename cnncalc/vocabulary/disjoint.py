"""Disjoint windows of one and two positions, which tile an axis in a random order (Graham 2014, arXiv 1412.6071).

An axis of W positions is cut into n windows: W - n of two positions, and 2n - W of one.
"""

from math import gcd

from cnncalc.vocabulary.reach import MOST_PHASES, Reach, Taps


def tiles(size: int, count: int) -> bool:
    """Whether windows of one and of two positions, some of each, tile an axis: 1 < W/n < 2."""
    return count < size < 2 * count


def counts_near(size: int) -> tuple[int, int] | None:
    """The fewest and the most windows that tile an axis; None if no number of windows does."""
    return (size // 2 + 1, size - 1) if size > 2 else None


def pseudorandom(size: int, count: int) -> Reach | None:
    """Window i starts at floor or ceil of i*W/n."""
    common = gcd(size, count)
    shift, period = size // common, count // common
    if period > MOST_PHASES:
        return None
    edges = [(index * shift // period, -(-index * shift // period)) for index in range(period + 1)]
    phases = tuple(_between(edges[index][0], edges[index + 1][1]) for index in range(period))
    return Reach(phases, shift, random=True)


def shuffled(size: int, count: int) -> Reach | None:
    """The windows in any order: before window i there are i positions, and one more for each window of two."""
    if count > MOST_PHASES:
        return None
    twos, ones = size - count, 2 * count - size
    phases = tuple(
        _between(index + max(0, index - ones), index + 1 + min(index + 1, twos)) for index in range(count)
    )
    return Reach(phases, size, random=True)


def _between(start: int, end: int) -> Taps:
    return Taps(start, 1, end - start)
