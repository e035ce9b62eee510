"""The positions that interpolation reads along one axis, as PyTorch computes them."""

from math import floor, gcd
from struct import pack, unpack

from cnncalc.vocabulary.reach import MOST_PHASES, Reach, Taps

# A position that is closer to a whole one is there, up to rounding.
EXACT = 1e-12


def nearest(size: int, out: int) -> Reach | None:
    """Output o reads floor(o*W/out). PyTorch computes this in float32, where a few results are one lower."""
    common = gcd(size, out)
    shift, period = size // common, out // common
    if period > MOST_PHASES:
        return None
    reach = Reach(tuple(Taps(index * shift // period) for index in range(period)), shift)
    # For twice the size PyTorch shifts bits; for larger sizes only the rule is used.
    if out == 2 * size or out > MOST_PHASES:
        return reach
    scale = _float32(size / out)
    rounded = [min(int(_float32(index * scale)), size - 1) for index in range(out)]
    if all(position == index * shift // period for index, position in enumerate(rounded)):
        return reach
    return Reach.table(tuple(map(Taps, rounded)), size, reach.stride)


def scaled(size: int, out: int, factor: float, taps: int) -> Reach | None:
    """As `nearest` (one of `taps`) or `between`, for a factor that is not exactly out/W: positions are (o + 1/2)/factor
    - 1/2, or floor(o/factor) in float32.
    """
    if out > MOST_PHASES:
        return None
    step = 1 / factor
    if taps == 1:
        single = _float32(step)
        places = [min(int(_float32(index * single)), size - 1) for index in range(out)]
        return Reach.table(tuple(map(Taps, places)), size, 1)
    phases = []
    for index in range(out):
        position = (index + 0.5) * step - 0.5
        nearby = round(position)
        exact = abs(position - nearby) < EXACT * size
        first = floor(position)
        phases.append(Taps(nearby) if exact else Taps(first - taps // 2 + 1, 1, taps))
    return Reach.table(tuple(phases), size, 1)


def between(size: int, out: int, taps: int, *, centres: bool = False) -> Reach | None:
    """Output o is at o*size/out in the input and reads `taps` positions around it, or one if it is exactly there.

    With `centres` it is at (o + 1/2)*size/out - 1/2.
    """
    common = gcd(size, out)
    shift, period = size // common, out // common
    if period > MOST_PHASES:
        return None
    phases = []
    for index in range(period):
        position, rest = (
            divmod((2 * index + 1) * shift - period, 2 * period) if centres else divmod(index * shift, period)
        )
        phases.append(Taps(position - taps // 2 + 1, 1, taps) if rest else Taps(position))
    return Reach(tuple(phases), shift)


def _float32(value: float) -> float:
    return float(unpack("f", pack("f", value))[0])
