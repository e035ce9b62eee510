"""All sizes that fit, as a rule for each side; sides that depend on each other have one rule."""

from collections.abc import Iterator, Sequence
from itertools import product
from math import gcd, lcm
from random import Random
from typing import Any

from cnncalc.record import NamedTuple
from cnncalc.sizing.first_fit import FIRST, first_fit
from cnncalc.sizing.groupings import Together, groupings, number_of, sizes_of
from cnncalc.sizing.periods import LONGEST, periods
from cnncalc.sizing.sides import FittingSide, side_of
from cnncalc.sizing.trials import Sizes, Trials

# The most sizes of one side that are tried.
MOST = 3000


class Fitting(NamedTuple):
    """For each group of sides the numbers that fit.

    `base` is one choice of sizes that fits; None where none was found among those that were tried.
    """

    groups: tuple[Together, ...]
    sides: tuple[FittingSide, ...]
    base: Sizes | None
    tried: int = 0
    # Whether the trials found no other sizes that fit: sides may depend on each other in other ways.
    exact: bool = True

    def takes(self, sizes: Sizes) -> bool:
        """Whether these sizes fit by the rule."""
        return all(
            number_of(group, sizes) in side for group, side in zip(self.groups, self.sides, strict=True)
        )

    def sizes(self, numbers: Sequence[int]) -> Sizes:
        """Sizes of all sides from a number for each group."""
        return sizes_of(self.groups, numbers)


def fitting(trials: Trials) -> Fitting:
    """Every size that fits. Raises `OutOfTrials`."""
    base = first_fit(trials)
    if base is None:
        together = tuple(Together((axis,), (1,)) for axis in range(len(trials.axes)))
        none = FittingSide(1, (), FIRST, (), FIRST)
        return Fitting(together, (none,) * len(together), None, FIRST)
    repeats = periods(trials, base)
    rule = None
    # Sides that can grow without a limit are tried first, sides with a fixed size after them.
    for endless in (True, False):
        for groups in groupings(trials):
            numbers = [number_of(group, base) for group in groups]
            if None in numbers:
                # The sizes that fit have other proportions: these sides do not depend on each other so.
                continue
            steps = [lcm(*(repeats[axis] for axis in group.axes)) for group in groups]
            if endless and not _repeats(trials, groups, numbers, steps):
                continue
            sides = tuple(
                _side(trials, groups, numbers, which, step, endless=endless)
                for which, step in enumerate(steps)
            )
            rule = Fitting(groups, sides, base)
            if all(trials.fits(sizes) == rule.takes(sizes) for sizes in _samples(trials, rule)):
                return rule
    assert rule is not None
    return rule._replace(exact=False)


def _repeats(trials: Trials, groups: Any, numbers: Any, steps: Sequence[int]) -> bool:
    """Whether every group may grow by its period."""
    return all(
        trials.fits(sizes_of(groups, [*numbers[:which], numbers[which] + step, *numbers[which + 1 :]]))
        for which, step in enumerate(steps)
    )


def _side(
    trials: Trials, groups: Any, numbers: Any, which: int, period: int, *, endless: bool
) -> FittingSide:
    def fits(number: int) -> bool:
        return trials.fits(sizes_of(groups, [*numbers[:which], number, *numbers[which + 1 :]]))

    most = MOST if endless else min(MOST, 2 * numbers[which] + 64)
    return side_of(fits, min(period, LONGEST), most)


def _samples(trials: Trials, rule: Fitting) -> Iterator[Sizes]:
    """Sizes at which a rule must hold to be accepted: corners, neighbours, proportions of the own, random ones."""
    some = [side.some(3) or [1] for side in rule.sides]
    for numbers in product(*some):
        yield rule.sizes(numbers)
    assert rule.base is not None
    for more in range(1, 65):
        yield tuple(size + more for size in rule.base)
    for times in (2, 3, 5):
        yield tuple(size * times for size in rule.base)
        for axis, size in enumerate(rule.base):
            if size % times == 0 and axis + 1 < len(rule.base):
                # The same number of positions in total.
                other = rule.base[axis + 1] * times
                yield (*rule.base[:axis], size // times, other, *rule.base[axis + 2 :])
    random = Random(len(trials.graph.nodes))
    most = max(side.start + 2 * side.period for side in rule.sides)
    common = gcd(*trials.own)
    shares = tuple(size // common for size in trials.own)
    for number in [1, 2, 3, *(random.randint(1, most) for _ in range(6))]:
        yield (number,) * len(trials.own)
        # Among multiples of a period one fits, if any does.
        step = lcm(*(side.period for side in rule.sides))
        yield (number * step,) * len(trials.own)
        yield tuple(number * share for share in shares)
    for _ in range(12):
        yield tuple(random.randint(1, most) for _ in trials.own)
    for side, which in zip(rule.sides, range(len(some)), strict=True):
        if side.endless:
            far = side.above(side.start + 7 * side.period + 1)
            assert far is not None
            chosen = [sizes[0] for sizes in some]
            chosen[which] = far
            yield rule.sizes(chosen)
