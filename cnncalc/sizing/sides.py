"""The sizes that fit along one side: some small sizes, and above a limit all sizes with certain remainders."""

from collections.abc import Callable, Iterable
from math import lcm

from cnncalc.record import NamedTuple


class FittingSide(NamedTuple):
    """Sizes that fit: `early` ones below `start`; from there on those whose remainder by `period` is in `rests`.

    `up_to` is the largest size that was tried, where no rule was found: of larger ones nothing is known.
    """

    period: int
    rests: tuple[int, ...]
    start: int
    early: tuple[int, ...] = ()
    up_to: int | None = None

    def __contains__(self, size: object) -> bool:
        if not isinstance(size, int):
            return False
        return size in self.early if size < self.start else size % self.period in self.rests

    @property
    def endless(self) -> bool:
        """Whether there is no largest size."""
        return bool(self.rests)

    def multiples(self, of: int) -> "FittingSide":
        """The sizes of this side that are multiples of a number."""
        period = lcm(self.period, of)
        rests = tuple(rest for rest in range(0, period, of) if rest % self.period in self.rests)
        start = self.start
        # The rule may hold earlier for these than for all.
        while start > 1 and ((start - 1) % of or (start - 1 in self) == ((start - 1) % period in rests)):
            start -= 1
        early = tuple(size for size in self.early if size < start and size % of == 0)
        return shortest(FittingSide(period, rests, start, early, self.up_to))

    def below(self, size: int) -> int | None:
        """The largest size that fits, up to `size`."""
        if size >= self.start and self.rests:
            for tried in range(size, max(self.start, size - self.period + 1) - 1, -1):
                if tried in self:
                    return tried
        return max((early for early in self.early if early <= size), default=None)

    def above(self, size: int) -> int | None:
        """The smallest size that fits, from `size` on."""
        smallest = min((early for early in self.early if early >= size), default=None)
        if smallest is not None or not self.rests:
            return smallest
        first = max(size, self.start)
        return next(tried for tried in range(first, first + self.period) if tried in self)

    def some(self, count: int) -> list[int]:
        """The smallest sizes that fit."""
        sizes: list[int] = []
        size = self.above(1)
        while size is not None and len(sizes) < count:
            sizes.append(size)
            size = self.above(size + 1)
        return sizes

    @property
    def words(self) -> str:
        """`multiples of 32`, `32n + 3 from 67 on`, `any size`, `224 only`."""
        if not self.rests:
            return _listed(self.early, self.up_to)
        first = self.above(self.start)
        assert first is not None
        rests = sorted(self.rests)
        if len(rests) == self.period:
            text = "any size" if first == 1 else f"{first} or more"
        else:
            if rests == [0]:
                text = f"multiples of {self.period}"
            elif (run := _run(rests, self.period)) is not None:
                text = " to ".join(_plus(self.period, end) for end in run)
            elif len(rests) <= 4:
                text = " or ".join(_plus(self.period, rest) for rest in rests)
            else:
                text = f"{self.period}n + r, with r in {', '.join(map(str, rests))}"
            if first > self.period or any(rest and rest < first for rest in rests):
                text += f", from {first} on"
        return text + (f"; and {', '.join(map(str, self.early))}" if self.early else "")


def shortest(side: FittingSide) -> FittingSide:
    """The same sizes with the shortest period."""
    for period in range(1, side.period):
        rests = {rest % period for rest in side.rests}
        if side.period % period == 0 and len(rests) * (side.period // period) == len(side.rests):
            return side._replace(period=period, rests=tuple(sorted(rests)))
    return side


def _plus(period: int, rest: int) -> str:
    sign = "+" if rest > 0 else "-"
    return f"{period}n {sign} {abs(rest)}" if rest else f"{period}n"


def _run(rests: list[int], period: int) -> tuple[int, int] | None:
    """The ends of remainders that follow each other, where they do; they may begin below 0."""
    if len(rests) < 2:
        return None
    for turned in range(len(rests)):
        run = [rest - period for rest in rests[len(rests) - turned :]] + rests[: len(rests) - turned]
        if run[-1] - run[0] == len(run) - 1:
            return run[0], run[-1]
    return None


def _listed(sizes: tuple[int, ...], up_to: int | None) -> str:
    if not sizes:
        return f"none up to {up_to}" if up_to else "none"
    runs: list[list[int]] = []
    for size in sizes:
        if runs and size == runs[-1][-1] + 1:
            runs[-1].append(size)
        else:
            runs.append([size])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    if len(parts) > 12:
        parts = [*parts[:12], "..."]
    return f"only {', '.join(parts)}"


def side_of(fits: Callable[[int], bool], period: int, most: int) -> FittingSide:
    """The side whose sizes `fits` accepts, each tried from 1 on. `period` is a multiple of the true one, if one exists.

    Where the sizes do not repeat, those up to `most` are all that is known.
    """
    tried: list[bool] = [False]
    first = None
    while len(tried) <= most:
        size = len(tried)
        tried.append(fits(size))
        if tried[-1] and first is None:
            first = size
        if first is not None and size >= first + 3 * period:
            start = len(tried) - 2 * period
            if all(tried[size] == tried[size + period] for size in range(start, start + period)) and any(
                tried[start:]
            ):
                return _shortest(tried, period)
    early = tuple(size for size, good in enumerate(tried) if good)
    return FittingSide(1, (), len(tried), early, len(tried) - 1)


def _shortest(tried: list[bool], period: int) -> FittingSide:
    """The same sizes with the shortest period and the earliest start."""
    end = len(tried)
    tail = tried[end - period :]
    for shorter in range(1, period + 1):
        if period % shorter == 0 and all(
            tail[index] == tail[index - shorter] for index in range(shorter, period)
        ):
            period = shorter
            break
    rests = {size % period for size in range(end - period, end) if tried[size]}
    start = end
    while start > 1 and tried[start - 1] == ((start - 1) % period in rests):
        start -= 1
    return FittingSide(period, tuple(sorted(rests)), start, tuple(_sizes(tried, start)))


def _sizes(tried: list[bool], start: int) -> Iterable[int]:
    return (size for size in range(1, start) if tried[size])
