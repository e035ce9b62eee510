"""All sizes that fit, as a rule for each side; sides that depend on each other have one rule."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import gcd, lcm
from random import Random
from typing import Any

from cnncalc.record import NamedTuple
from cnncalc.sizing.sides import FittingSide, side_of
from cnncalc.sizing.trials import Sizes, Trials

# Sizes of one side that are tried at most, and the longest period that is looked for.
MOST, LONGEST = 3000, 1000
# Positions by which a side grows to measure how outputs grow: a multiple of the usual strides.
MANY = 2**12 * 3**3 * 5**2 * 7 * 11 * 13
# Sizes of all sides together that are tried at most until one fits.
FIRST = 1500


class Together(NamedTuple):
    """Sides whose sizes come from one number: each is so many `times` that."""

    axes: tuple[int, ...]
    times: tuple[int, ...]


class Fitting(NamedTuple):
    """For each group of sides the numbers that fit.

    `base` is one choice of sizes that fits; None where none was found among those that were tried.
    """

    groups: tuple[Together, ...]
    sides: tuple[FittingSide, ...]
    base: Sizes | None
    tried: int = 0
    # Whether nothing else fits, as far as was tried: sides may depend on each other in other ways.
    exact: bool = True

    def takes(self, sizes: Sizes) -> bool:
        """Whether these sizes fit by the rule."""
        return all(_number(group, sizes) in side for group, side in zip(self.groups, self.sides, strict=True))

    def sizes(self, numbers: Sequence[int]) -> Sizes:
        """Sizes of all sides from a number for each group."""
        return _sizes(self.groups, numbers)


def _number(group: Together, sizes: Sizes) -> int | None:
    numbers = {Fraction(sizes[axis], times) for axis, times in zip(group.axes, group.times, strict=True)}
    number = numbers.pop()
    return int(number) if not numbers and number.denominator == 1 else None


def _sizes(groups: Sequence[Together], numbers: Sequence[int]) -> Sizes:
    by_axis = {
        axis: number * times
        for group, number in zip(groups, numbers, strict=True)
        for axis, times in zip(group.axes, group.times, strict=True)
    }
    return tuple(by_axis[axis] for axis in sorted(by_axis))


def fitting(trials: Trials) -> Fitting:
    """Every size that fits. Raises `OutOfTrials`."""
    base = _first(trials)
    if base is None:
        together = tuple(Together((axis,), (1,)) for axis in range(len(trials.axes)))
        none = FittingSide(1, (), FIRST, (), FIRST)
        return Fitting(together, (none,) * len(together), None, FIRST)
    periods = _periods(trials, base)
    rule = None
    # Sides that grow without end are tried first; a side whose size something fixes comes after.
    for endless in (True, False):
        for groups in _groupings(trials):
            numbers = [_number(group, base) for group in groups]
            if None in numbers:
                # The sizes that fit have other proportions: these sides do not depend on each other so.
                continue
            steps = [lcm(*(periods[axis] for axis in group.axes)) for group in groups]
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
        trials.fits(_sizes(groups, [*numbers[:which], numbers[which] + step, *numbers[which + 1 :]]))
        for which, step in enumerate(steps)
    )


def _first(trials: Trials) -> Sizes | None:
    """Sizes that fit: the spec's own, else the same on all sides, else any near the own."""
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
    """Offsets of so many sides, the smaller ones first."""
    for distance in range(1, 64):
        for offsets in product(range(-distance, distance + 1), repeat=count):
            if max(map(abs, offsets)) == distance:
                yield offsets


def _groupings(trials: Trials) -> Iterator[tuple[Together, ...]]:
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


def _side(
    trials: Trials, groups: Any, numbers: Any, which: int, period: int, *, endless: bool
) -> FittingSide:
    def fits(number: int) -> bool:
        return trials.fits(_sizes(groups, [*numbers[:which], number, *numbers[which + 1 :]]))

    most = MOST if endless else min(MOST, 2 * numbers[which] + 64)
    return side_of(fits, min(period, LONGEST), most)


def _periods(trials: Trials, base: Sizes) -> list[int]:
    """For each side a number of positions after which everything repeats.

    Where a side grows by many positions, the output of a layer grows by a fraction of them: one over its stride on the
    input. A layer's own stride counts too, where its output is no grid.
    """
    before = trials.network(base)
    periods = []
    for axis in range(len(base)):
        grown = list(base)
        grown[axis] += MANY
        after = trials.network(tuple(grown))
        slopes: dict[int, Fraction] = {}
        period = 1
        for node, grown_node in zip(before.nodes, after.nodes, strict=False):
            if node.shape is None or grown_node.shape is None or node.kind != grown_node.kind:
                continue
            growth = [
                Fraction(abs(large - small), MANY).limit_denominator(LONGEST)
                for small, large in zip(node.shape.torch, grown_node.shape.torch, strict=False)
            ]
            period = lcm(period, *(slope.denominator for slope in growth))
            slopes[node.index] = max(growth)
            if node.fit is not None and node.shape.rank and slopes[node.index]:
                into = max((slopes.get(source, Fraction(0)) for source in node.inputs), default=Fraction(0))
                strides = [
                    Fraction(reach.stride).numerator for reach in node.fit.layer.reach(node.fit.inputs) or ()
                ]
                if max(strides, default=1) < LONGEST:
                    period = lcm(period, *(into.denominator * stride for stride in strides if stride))
        periods.append(period)
    return periods


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
                # As many positions in all.
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
