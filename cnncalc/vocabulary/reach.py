"""Exactly which positions of its input a layer's output reads, along one axis."""

from math import prod
from typing import TYPE_CHECKING, Self

from cnncalc.exact import fraction, plain
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

# From this number of phases on, the positions are not listed one by one.
MOST_PHASES = 4096


class Taps(NamedTuple):
    """Positions of an input: `number` of them from `first` on, `step` apart."""

    first: int
    step: int = 1
    number: int = 1

    @property
    def last(self) -> int:
        return self.first + (self.number - 1) * self.step


class Reach(NamedTuple):
    """Which positions each output position of a layer reads, along one axis of its input.

    The pattern repeats: with p phases, output position q*p + k reads the taps of phase k, moved by q*`shift` positions.
    A phase that reads nothing is None. Positions can be outside of the input: that is padding.

    `axis` is the output axis that moves along this input axis, if it has another number. `stride` is the average
    distance from one output position to the next. `parts`: each output value sees only some of these positions (as
    after `flatten`). `random`: each run reads a different part of these positions. `beyond`: positions outside have
    values of the input, not zeros.
    """

    phases: tuple[Taps | None, ...] = (Taps(0),)
    shift: int = 1
    axis: int | None = None
    step: "int | Fraction | None" = None
    parts: bool = False
    random: bool = False
    beyond: bool = False

    @classmethod
    def window(cls, count: int, stride: int = 1, start: int = 0, dilation: int = 1) -> Self:
        """Output o reads `count` positions, `dilation` apart, from start + o*stride on."""
        return cls((Taps(start, dilation, count),), stride)

    @classmethod
    def everywhere(cls, size: int) -> Self:
        """Every output position reads all of an axis."""
        return cls((Taps(0, 1, size),), 0)

    @classmethod
    def up_to(cls, length: int) -> Self:
        """Every position of a sequence reads itself and all before it."""
        if length > MOST_PHASES:
            return cls.window(length, start=1 - length)
        return cls.table(tuple(Taps(0, 1, last + 1) for last in range(length)), length, 1)

    @classmethod
    def table(cls, phases: tuple[Taps | None, ...], size: int, step: "int | Fraction") -> Self:
        """Every output position has its own taps; after the last one, an axis of `size` repeats the pattern."""
        return cls(phases, size, step=step)

    def at(self, position: int) -> Taps | None:
        """What one output position reads, some of it outside of the input perhaps; None where it reads nothing."""
        turn, phase = divmod(position, len(self.phases))
        taps = self.phases[phase]
        return None if taps is None else taps._replace(first=taps.first + turn * self.shift)

    @property
    def stride(self) -> "int | Fraction":
        """Input positions from one output position to the next, on average; below 1 if the layer enlarges."""
        if self.step is not None:
            return self.step
        if len(self.phases) == 1:
            return self.shift
        step: int | Fraction = plain(fraction(self.shift, len(self.phases)))
        return step


SAME = Reach()


def enlarged(factor: int) -> Reach | None:
    """Each position repeated `factor` times."""
    return Reach((Taps(0),) * factor) if factor <= MOST_PHASES else None


def joined(sizes: tuple[int, ...], windows: tuple[Reach, ...]) -> tuple[Reach, ...] | None:
    """What a row of all positions of a grid reads (the last axis changes fastest), with one window for each axis.

    `sizes` are the grid's positions along each axis; `windows` have one phase. None if the axes within a row are too
    long to list one by one.
    """
    reaches: list[Reach] = []
    for index, (size, window) in enumerate(zip(sizes, windows, strict=True)):
        taps, inner = window.phases[0], prod(sizes[index + 1 :])
        assert taps is not None
        # The first axis with several positions has no end within the row: it continues with the next row.
        count, shift = (1, window.shift) if prod(sizes[:index]) == 1 else (size, 0)
        if count * inner > MOST_PHASES:
            return None
        phases = (
            taps._replace(first=taps.first + position * window.shift)
            for position in range(count)
            for _ in range(inner)
        )
        reaches.append(Reach(tuple(phases), shift, 0, window.shift))
    return tuple(reaches)
