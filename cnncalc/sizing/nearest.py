"""The sizes that fit and are nearest to given sizes."""

from cnncalc.record import NamedTuple
from cnncalc.sizing.fitting import Fitting
from cnncalc.sizing.trials import Sizes


class Near(NamedTuple):
    """The sizes nearest to `wanted` that are smaller on no side, and that are larger on no side; None if none fit."""

    wanted: Sizes
    nearest: Sizes | None
    not_smaller: Sizes | None
    not_larger: Sizes | None


def near(fitting: Fitting, wanted: Sizes) -> Near:
    """The sizes that fit near `wanted`. If two are equally near, the larger is first."""
    nearest, above, below = [], [], []
    for group, side in zip(fitting.groups, fitting.sides, strict=True):
        shares = [(wanted[axis], times) for axis, times in zip(group.axes, group.times, strict=True)]
        up = side.above(max(-(-size // times) for size, times in shares))
        down = side.below(min(size // times for size, times in shares))
        above.append(up)
        below.append(down)
        # Of sides that share a number one may be smaller than wanted, and another larger.
        low = min(size // times for size, times in shares)
        high = max(-(-size // times) for size, times in shares)
        between = {side.below(number) for number in range(low, min(high, low + 4096) + 1)}
        candidates = [number for number in {up, down, *between} if number is not None]
        nearest.append(
            min(
                candidates,
                key=lambda number: (sum(abs(number * times - size) for size, times in shares), -number),
                default=None,
            )
        )
    return Near(wanted, _sizes(fitting, nearest), _sizes(fitting, above), _sizes(fitting, below))


def _sizes(fitting: Fitting, numbers: list[int | None]) -> Sizes | None:
    known = [number for number in numbers if number is not None]
    return fitting.sizes(known) if len(known) == len(numbers) else None
