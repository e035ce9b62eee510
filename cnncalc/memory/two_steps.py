"""Two steps of a trace through the caching allocator: the second starts with the memory that the first has reserved."""

from collections.abc import Iterator, Sequence

from cnncalc.memory.allocated import Trace
from cnncalc.memory.device import CachingAllocator, MemoryBlock
from cnncalc.record import NamedTuple


class Reserved(NamedTuple):
    """Peaks of the caching allocator, in bytes, over two steps; as `torch.cuda.max_memory_*` say."""

    allocated: int
    reserved: int


def reserved(trace: Trace, nbytes: Sequence[int], capacity: int | None = None) -> Reserved:
    """Replay two steps through the allocator; `nbytes` are the bytes of each tensor.

    Raises `cnncalc.memory.device.OutOfMemory` where that takes more than `capacity` bytes.
    """
    allocator = CachingAllocator(capacity)
    blocks: dict[int, MemoryBlock] = {}
    for number in events(trace):
        if number < 0:
            allocator.free(blocks.pop(~number))
        elif (count := trace.tensors[number].copies) > 1:
            allocator.allocate_alike(nbytes[number] // count, count)
        else:
            blocks[number] = allocator.allocate(nbytes[number])
    return Reserved(allocator.peak_allocated, allocator.peak_reserved)


def events(trace: Trace) -> Iterator[int]:
    """The events of the first step and of the second.

    The optimizer makes its state in its first step, and the gradients of one step are freed when the next one begins.
    """
    events, tensors = trace.events, trace.tensors
    begin = next((mark.event for mark in trace.marks if mark.phase != "start"), len(events))
    update = next((mark.event for mark in trace.marks if mark.phase == "step"), len(events))
    persistent = events[:begin]
    state = [number for number in persistent if number >= 0 and tensors[number].category == "optimizer"]
    made_late = set(state)
    yield from (number for number in persistent if number not in made_late)
    yield from events[begin:update]
    yield from state
    yield from events[update:]
    alive: dict[int, None] = {}
    for number in events[begin:]:
        if number < 0:
            alive.pop(~number, None)
        else:
            alive[number] = None
    yield from (~number for number in alive)
    yield from events[begin:]
