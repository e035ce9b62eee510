"""Two steps of a trace through the caching allocator: the second starts with the memory that the first has reserved."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from cnncalc.memory.allocated import Trace
from cnncalc.memory.device import CachingAllocator, ExpandableAllocator, MemoryBlock, OutOfMemory
from cnncalc.record import NamedTuple


class Reserved(NamedTuple):
    """Peaks of the caching allocator, in bytes, over two steps; as `torch.cuda.max_memory_*` say."""

    allocated: int
    reserved: int


class MemoryBand(NamedTuple):
    """The least and the most that a run takes, by what workspaces of libraries may take; equal where none may."""

    low: Reserved
    high: Reserved


def reserved(
    trace: Trace, nbytes: Sequence[int], capacity: int | None = None, *, expandable: bool = False
) -> Reserved:
    """Replay two steps through the allocator; `nbytes` are the bytes of each tensor.

    With `expandable` its segments grow.

    Where there is no room for the workspace of a convolution, it has none: PyTorch takes the next algorithm of cuDNN's
    (`try_all` in ATen/native/cudnn/Conv_v7.cpp, `try_plans` in Conv_v8.cpp).

    Raises `cnncalc.memory.device.OutOfMemory` where that takes more than `capacity` bytes.
    """
    allocator = (ExpandableAllocator if expandable else CachingAllocator)(capacity)
    blocks: dict[int, MemoryBlock] = {}
    for number in events(trace):
        if number < 0:
            if (block := blocks.pop(~number, None)) is not None:
                allocator.free(block)
        elif trace.tensors[number].for_a_moment:
            with suppress(OutOfMemory):
                blocks[number] = allocator.allocate(nbytes[number])
        elif (count := trace.tensors[number].copies) > 1:
            allocator.allocate_alike(nbytes[number] // count, count)
        else:
            blocks[number] = allocator.allocate(nbytes[number])
    return Reserved(allocator.peak_allocated, allocator.peak_reserved)


def events(trace: Trace) -> Iterator[int]:
    """The events of the first step and of the second.

    The optimizer makes its state in its first step, and the gradients of one step are freed when the next one begins,
    or where that frees them.
    """
    events, tensors = trace.events, trace.tensors
    begin = next((mark.event for mark in trace.marks if mark.phase != "start"), len(events))
    update = next((mark.event for mark in trace.marks if mark.phase == "step"), len(events))
    persistent = events[:begin]
    state = [number for number in persistent if number >= 0 and tensors[number].category == "optimizer"]
    in_step = frozenset(events[begin:])
    # What the step before has made: the first step has no such thing.
    carried = {number for number in persistent if number >= 0 and ~number in in_step}
    made_late = {*state, *carried}
    yield from (number for number in persistent if number not in made_late)
    first = [event for event in events[begin:] if ~event not in carried]
    before = update - begin - sum(~event in carried for event in events[begin:update])
    yield from first[:before]
    yield from state
    yield from first[before:]
    alive: dict[int, None] = {}
    for number in first:
        if number < 0:
            alive.pop(~number, None)
        else:
            alive[number] = None
    gradients = {
        (tensors[number].category, tensors[number].node, tensors[number].name): number for number in alive
    }
    freed_later: dict[int, int] = {}
    for number in carried:
        tensor = tensors[number]
        freed_later[~number] = ~gradients.get((tensor.category, tensor.node, tensor.name), number)
        if ~freed_later[~number] == number:
            yield number
    kept = frozenset(freed_later.values())
    yield from (~number for number in alive if ~number not in kept)
    yield from (freed_later.get(event, event) for event in events[begin:])
