"""One choice of sizes that fits, to start from."""

from collections.abc import Iterator
from itertools import product
from math import gcd

from cnncalc.sizing.trials import Sizes, Trials

# The most sizes that are tried until one fits.
FIRST = 1500


def first_fit(trials: Trials) -> Sizes | None:
    """Sizes that fit: the spec's own, else the same on all sides, else any near the spec's own."""
    own = trials.own
    if trials.fits(own):
        return own
    common = gcd(*own)
    shares = tuple(size // common for size in own)
    for number in range(1, FIRST // 2):
        if trials.fits((number,) * len(own)):
            return (number,) * len(own)
        if max(shares) > 1 and max(shares) * number < 2 * max(own) + 64:
            sizes = tuple(number * share for share in shares)
            if trials.fits(sizes):
                return sizes
    for count, offsets in enumerate(_around(len(own))):
        if count > FIRST:
            break
        sizes = tuple(size + offset for size, offset in zip(own, offsets, strict=True))
        if min(sizes) > 0 and trials.fits(sizes):
            return sizes
    return None


def _around(count: int) -> Iterator[tuple[int, ...]]:
    """Offsets for a number of sides, the smaller offsets first."""
    for distance in range(1, 64):
        for offsets in product(range(-distance, distance + 1), repeat=count):
            if max(map(abs, offsets)) == distance:
                yield offsets
