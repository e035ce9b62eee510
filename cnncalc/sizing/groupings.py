"""Groups of sides whose sizes come from one number: sizes from numbers, and numbers from sizes."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import gcd

from cnncalc.record import NamedTuple
from cnncalc.sizing.trials import Sizes, Trials


class Together(NamedTuple):
    """Sides whose sizes come from one number: each side is the number multiplied by its entry in `times`."""

    axes: tuple[int, ...]
    times: tuple[int, ...]


def number_of(group: Together, sizes: Sizes) -> int | None:
    numbers = {Fraction(sizes[axis], times) for axis, times in zip(group.axes, group.times, strict=True)}
    number = numbers.pop()
    return int(number) if not numbers and number.denominator == 1 else None


def sizes_of(groups: Sequence[Together], numbers: Sequence[int]) -> Sizes:
    by_axis = {
        axis: number * times
        for group, number in zip(groups, numbers, strict=True)
        for axis, times in zip(group.axes, group.times, strict=True)
    }
    return tuple(by_axis[axis] for axis in sorted(by_axis))


def groupings(trials: Trials) -> Iterator[tuple[Together, ...]]:
    """Every side by itself; the same side of all inputs together; all sides together."""
    axes = trials.axes
    yield tuple(Together((axis,), (1,)) for axis in range(len(axes)))
    if len({axis.input for axis in axes}) > 1:
        names = dict.fromkeys(axis.name for axis in axes)
        yield tuple(
            _in_proportion(trials.own, [index for index, axis in enumerate(axes) if axis.name == name])
            for name in names
        )
    if len(axes) > 1:
        yield (_in_proportion(trials.own, list(range(len(axes)))),)
        yield (Together(tuple(range(len(axes))), (1,) * len(axes)),)


def _in_proportion(own: Sizes, axes: list[int]) -> Together:
    common = gcd(*(own[axis] for axis in axes))
    return Together(tuple(axes), tuple(own[axis] // common for axis in axes))
