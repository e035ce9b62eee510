"""How many input values the output values of a layer read, counted exactly: padding is no input value.

Every sum is taken in closed form, so an axis of 10^18 positions takes no longer than one of ten.
"""

from collections.abc import Iterable
from math import prod

from cnncalc.record import NamedTuple
from cnncalc.shape import Window

# The most taps of windows with padding that are listed.
MOST_LISTED = 1 << 20


class Connections(NamedTuple):
    """A layer as the matrix of a fully-connected one: a row an output value, a column an input value.

    `used` entries belong to a pair of which the output value reads the input value. All others are always 0.
    """

    rows: int
    columns: int
    used: int

    @property
    def entries(self) -> int:
        """How many entries the matrix has."""
        return self.rows * self.columns

    @property
    def zeros(self) -> int:
        """How many entries are always 0."""
        return self.entries - self.used


def reads(windows: Iterable[Window]) -> int:
    """Input positions that the windows over a grid read, each as often as a window reads it."""
    return prod(
        inside(window.output, window.kernel, window.stride, -window.before, window.dilation, size=window.size)
        for window in windows
    )


def mode_reads(windows: Iterable[Window], mode: str) -> int | None:
    """As `reads`, for windows over an input whose padding repeats its values; None if there are too many to list.

    Of each axis every window that reads padding is looked at; all others read `kernel` positions.
    """
    total = 1
    for window in windows:
        # The first window that has no padding before it, and the first that has some after it.
        first = min(window.output, -(-window.before // window.stride))
        free = window.size + window.before - window.extent
        last = max(first, free // window.stride + 1) if free >= 0 else first
        last = min(last, window.output)
        if (first + window.output - last) * window.kernel > MOST_LISTED:
            return None
        border = (*range(first), *range(last, window.output))
        total *= (last - first) * window.kernel + sum(
            len({source(index * window.stride - window.before + tap * window.dilation, window.size, mode)
                 for tap in range(window.kernel)})
            for index in border
        )  # fmt: skip
    return total


def source(position: int, size: int, mode: str) -> int:
    """The position of an axis whose value is at `position`, which may be in the padding."""
    match mode:
        case "reflect":
            return size - 1 - abs(size - 1 - abs(position))
        case "replicate":
            return min(max(position, 0), size - 1)
    return position % size


def inside(count: int, kernel: int, stride: int, start: int, dilation: int, *, size: int) -> int:
    """How many taps of `count` windows lie within 0..size-1: tap t of window o is at start + o*stride + t*dilation."""
    above = _clamped(size - 1 - start + stride, dilation, stride, kernel, count)
    return above - _clamped(stride - 1 - start, dilation, stride, kernel, count)


def _clamped(first: int, fall: int, divisor: int, number: int, most: int) -> int:
    """The sum over t below `number` of floor((first - t*fall)/divisor), each of them held within 0..most."""
    full = min(max((first - most * divisor) // fall + 1, 0), number)
    positive = min(max(first // fall + 1, 0), number)
    rest = _floor_sum(positive - full, divisor, fall, first - (positive - 1) * fall)
    return most * full + rest


def _floor_sum(number: int, divisor: int, step: int, first: int) -> int:
    """The sum over i below `number` of floor((step*i + first)/divisor), by Euclid's algorithm; `first` is from 0."""
    total = 0
    while number > 0:
        total += (step // divisor) * (number * (number - 1) // 2) + (first // divisor) * number
        step, first = step % divisor, first % divisor
        last = step * number + first
        if last < divisor:
            break
        # What is left counts points below a line: count them along the other axis.
        number, first = divmod(last, divisor)
        step, divisor = divisor, step
    return total
