"""A trace, replayed for a batch: how much is held at every moment, and what the allocator makes of it."""

from collections.abc import Iterator

from cnncalc.memory.allocated import Mark, Trace
from cnncalc.memory.device import CachingAllocator, MemoryBlock
from cnncalc.record import NamedTuple


class Peak(NamedTuple):
    """The most that is held at once: bytes, after which event, in which phase and (by its index) layer."""

    nbytes: int
    event: int
    phase: str
    node: int | None


class Moment(NamedTuple):
    """A stretch of a step: what is held at its end, and at most while it lasts, in bytes."""

    phase: str
    node: int | None
    held: int
    most: int


class Reserved(NamedTuple):
    """Peaks of the caching allocator, in bytes, over two steps; as `torch.cuda.max_memory_*` say."""

    allocated: int
    reserved: int


def sizes(trace: Trace, batch: int, rounding: int = 1) -> list[int]:
    """Bytes of every tensor, rounded up to a multiple of `rounding`."""
    return [tensor.nbytes(batch, rounding) for tensor in trace.tensors]


def peak(trace: Trace, batch: int, rounding: int = 1) -> Peak:
    """The most that is held at once in a step."""
    nbytes = sizes(trace, batch, rounding)
    now = most = at = 0
    for event, number in enumerate(trace.events):
        if number < 0:
            now -= nbytes[~number]
        else:
            now += nbytes[number]
            if now > most:
                most, at = now, event
    mark = _mark(trace, at)
    return Peak(most, at, mark.phase, mark.node)


def _mark(trace: Trace, event: int) -> Mark:
    found = trace.marks[0]
    for mark in trace.marks:
        if mark.event > event:
            break
        found = mark
    return found


def held(trace: Trace, event: int) -> list[int]:
    """The tensors that are held after an event, by number."""
    alive: dict[int, None] = {}
    for number in trace.events[: event + 1]:
        if number < 0:
            del alive[~number]
        else:
            alive[number] = None
    return list(alive)


def timeline(trace: Trace, batch: int, rounding: int = 1) -> list[Moment]:
    """A step from its beginning to its end: one moment for every layer at work."""
    nbytes = sizes(trace, batch, rounding)
    moments = []
    now = 0
    ends = [mark.event for mark in trace.marks[1:]] + [len(trace.events)]
    for mark, end in zip(trace.marks, ends, strict=True):
        most = now
        for number in trace.events[mark.event : end]:
            now += nbytes[number] if number >= 0 else -nbytes[~number]
            most = max(most, now)
        moments.append(Moment(mark.phase, mark.node, now, most))
    return moments


def reserved(trace: Trace, batch: int, capacity: int | None = None) -> Reserved:
    """Replay two steps through the caching allocator, the first one with all that it leaves behind.

    Raises `cnncalc.memory.device.allocator.OutOfMemory` where that takes more than `capacity` bytes.
    """
    allocator = CachingAllocator(capacity)
    nbytes = sizes(trace, batch)
    blocks: dict[int, MemoryBlock] = {}
    for number in _two_steps(trace):
        if number < 0:
            allocator.free(blocks.pop(~number))
        elif (count := trace.tensors[number].copies) > 1:
            allocator.allocate_alike(nbytes[number] // count, count)
        else:
            blocks[number] = allocator.allocate(nbytes[number])
    return Reserved(allocator.peak_allocated, allocator.peak_reserved)


def _two_steps(trace: Trace) -> Iterator[int]:
    """The events of the first step and of the second.

    The optimizer makes its state in its first step, and the gradients of one step go when the next one begins.
    """
    events, tensors = trace.events, trace.tensors
    begins = next((mark.event for mark in trace.marks if mark.phase != "start"), len(events))
    steps = next((mark.event for mark in trace.marks if mark.phase == "step"), len(events))
    standing = events[:begins]
    state = [number for number in standing if number >= 0 and tensors[number].category == "optimizer"]
    late = set(state)
    yield from (number for number in standing if number not in late)
    yield from events[begins:steps]
    yield from state
    yield from events[steps:]
    alive: dict[int, None] = {}
    for number in events[begins:]:
        if number < 0:
            alive.pop(~number, None)
        else:
            alive[number] = None
    yield from (~number for number in alive)
    yield from events[begins:]
