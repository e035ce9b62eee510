"""Which positions of its input a layer's output reads, exactly, along one axis."""

from math import prod
from typing import TYPE_CHECKING, Self

from cnncalc.exact import fraction, plain
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

# Phases from which on what is read is not stated one by one.
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
    """What the output positions of a layer read along one axis of its input.

    It repeats: with p phases, output position q*p + k reads the taps of phase k, q*`shift` positions further on. A
    phase that reads nothing is None. Positions may lie outside of the input: that is padding.

    `axis` is the axis of the output that moves along this one, where it has another number. `stride` is how far it is
    from one output position to the next, on average. `parts`: of the positions read each output value sees some only
    (as `flatten` hands them on). `random`: a run reads some of these positions, others the next time. `beyond`: what
    lies outside has values of the input's own, not zeros.
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
    def table(cls, phases: tuple[Taps | None, ...], size: int, step: "int | Fraction") -> Self:
        """Every output position has taps of its own; beyond the last, an axis of `size` goes on as before."""
        return cls(phases, size, step=step)

    def at(self, position: int) -> Taps | None:
        """What one output position reads, some of it outside of the input perhaps; None where it reads nothing."""
        turn, phase = divmod(position, len(self.phases))
        taps = self.phases[phase]
        return None if taps is None else taps._replace(first=taps.first + turn * self.shift)

    @property
    def stride(self) -> "int | Fraction":
        """Input positions from one output position to the next, on average; below 1 where the layer enlarges."""
        if self.step is not None:
            return self.step
        if len(self.phases) == 1:
            return self.shift
        step: int | Fraction = plain(fraction(self.shift, len(self.phases)))
        return step


SAME = Reach()


def enlarged(factor: int) -> Reach | None:
    """Every position `factor` times."""
    return Reach((Taps(0),) * factor) if factor <= MOST_PHASES else None


def joined(sizes: tuple[int, ...], windows: tuple[Reach, ...]) -> tuple[Reach, ...] | None:
    """What a row of all positions of a grid reads, the last axis running fastest: each axis by its own window.

    `sizes` are the grid's positions along each axis; `windows` have one phase. None where the axes within a row are too
    long to be stated one by one.
    """
    found: list[Reach] = []
    for at, (size, window) in enumerate(zip(sizes, windows, strict=True)):
        taps, inner = window.phases[0], prod(sizes[at + 1 :])
        assert taps is not None
        # Of the first axis that has several positions there is no end within the row: it goes on with the next.
        count, shift = (1, window.shift) if prod(sizes[:at]) == 1 else (size, 0)
        if count * inner > MOST_PHASES:
            return None
        phases = (
            taps._replace(first=taps.first + position * window.shift)
            for position in range(count)
            for _ in range(inner)
        )
        found.append(Reach(tuple(phases), shift, 0, window.shift))
    return tuple(found)
