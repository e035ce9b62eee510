"""The replay of a trace for one batch: the memory at every moment, and the peaks of the allocator."""

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, takewhile

from cnncalc.memory.allocated import HeldTensor, Mark, Trace
from cnncalc.memory.two_steps import Reserved, reserved
from cnncalc.record import NamedTuple


class Peak(NamedTuple):
    """The most that is held at once: bytes, after which event, in which phase and (by its index) layer."""

    nbytes: int
    event: int
    phase: str
    node: int | None


class Moment(NamedTuple):
    """A part of a step: the bytes held at its end, and the most bytes during it."""

    phase: str
    node: int | None
    held: int
    most: int


class Alive(NamedTuple):
    """A tensor that is held at the peak, and its bytes."""

    tensor: HeldTensor
    nbytes: int


class Replay:
    """A trace for a number of images. Each figure is computed once, when it is first asked for.

    `rounding` is what the allocator hands out: bytes of a tensor are rounded up to a multiple of it. With `expandable`
    its segments grow.
    """

    def __init__(self, trace: Trace, images: int, rounding: int = 1, *, expandable: bool = False) -> None:
        self.trace = trace
        self.images = images
        self.rounding = rounding
        self.expandable = expandable
        self._reserved: dict[int | None, Reserved] = {}

    @cached_property
    def nbytes(self) -> list[int]:
        """Bytes of every tensor of the trace, by its number."""
        return sizes(self.trace.tensors, self.images, self.rounding)

    @cached_property
    def peak(self) -> Peak:
        """The most that is held at once in a step."""
        totals = self._totals()
        most = max(totals, default=0)
        event = totals.index(most) if totals else 0
        mark = _mark(self.trace.marks, event)
        return Peak(most, event, mark.phase, mark.node)

    @cached_property
    def alive(self) -> list[Alive]:
        """The tensors that are held at the peak, the largest first."""
        numbers = held(self.trace, self.peak.event)
        tensors = [Alive(self.trace.tensors[number], self.nbytes[number]) for number in numbers]
        return sorted(tensors, key=lambda alive: -alive.nbytes)

    def breakdown(self) -> dict[str, int]:
        """Bytes at the peak by category, as far as there are any; they add up to it."""
        nbytes: dict[str, int] = {}
        for alive in self.alive:
            nbytes[alive.tensor.category] = nbytes.get(alive.tensor.category, 0) + alive.nbytes
        return nbytes

    @cached_property
    def timeline(self) -> list[Moment]:
        """A step from its beginning to its end: one moment for every layer at work."""
        marks, totals = self.trace.marks, self._totals()
        ends = [mark.event for mark in marks[1:]] + [len(totals)]
        moments = []
        before = 0
        for mark, end in zip(marks, ends, strict=True):
            most = max(totals[mark.event : end], default=before)
            after = totals[end - 1] if end else 0
            moments.append(Moment(mark.phase, mark.node, after, max(before, most)))
            before = after
        return moments

    def reserved(self, capacity: int | None = None) -> Reserved:
        """The peaks of the caching allocator over two steps.

        Raises `cnncalc.memory.device.OutOfMemory` where that takes more than `capacity` bytes.
        """
        if capacity not in self._reserved:
            self._reserved[capacity] = reserved(self.trace, self.nbytes, capacity, expandable=self.expandable)
        return self._reserved[capacity]

    def _totals(self) -> list[int]:
        """Bytes that are held after each event."""
        # What is freed is `~number`, which counts from the end of this list.
        changes = [*self.nbytes, *(-size for size in reversed(self.nbytes))]
        return list(accumulate(map(changes.__getitem__, self.trace.events)))


def sizes(tensors: Sequence[HeldTensor], images: int, rounding: int = 1) -> list[int]:
    """Bytes of every tensor, rounded up to a multiple of `rounding`."""
    return [tensor.nbytes(images, rounding) for tensor in tensors]


def held(trace: Trace, event: int) -> list[int]:
    """The tensors that are held after an event, by number."""
    numbers: dict[int, None] = {}
    for number in trace.events[: event + 1]:
        if number < 0:
            del numbers[~number]
        else:
            numbers[number] = None
    return list(numbers)


def _mark(marks: Sequence[Mark], event: int) -> Mark:
    """The last mark up to an event."""
    *_, last = marks[0], *takewhile(lambda mark: mark.event <= event, marks)
    return last
