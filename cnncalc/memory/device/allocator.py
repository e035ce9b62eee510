"""PyTorch's caching allocator for CUDA, simulated: what a device reserves for the tensors a program asks for.

This is the native backend of PyTorch 2.13 as it comes (no expandable segments, no `max_split_size_mb`, no
`roundup_power2_divisions`, no garbage collection) on one stream. Source: `DeviceCachingAllocator` in
c10/cuda/CUDACachingAllocator.cpp.

Memory is taken from the device in segments and handed out in blocks. Small requests share segments of 2 MiB, large
ones segments of 20 MiB or their own. A freed block stays reserved, merged with its free neighbours.
"""

from bisect import bisect_left, insort

from cnncalc.exact import grouped
from cnncalc.memory.device.blocks import SMALL, MemoryBlock, Pool, rounded, segment_size, should_split

# Equal tensors that are allocated one by one at most.
ONE_BY_ONE = 1000


class OutOfMemory(Exception):
    """The device has no room for one more segment, although every cached one was given back.

    `requested` is what was asked for, `segment` the segment that it needs, `reserved` what is still reserved and
    `capacity` what the device has; all in bytes.
    """

    def __init__(self, requested: int, reserved: int, capacity: int, segment: int) -> None:
        super().__init__(
            f"{grouped(requested)} bytes need a segment of {grouped(segment)} bytes, and {grouped(reserved)} of "
            f"{grouped(capacity)} bytes "
            "are reserved"
        )
        self.requested = requested
        self.reserved = reserved
        self.capacity = capacity
        self.segment = segment


class CachingAllocator:
    """One device's allocator. `capacity` is what it may reserve at most, in bytes; None for no bound."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        # As `torch.cuda.memory_allocated`, `memory_reserved` and their `max_` say; in bytes.
        self.allocated = 0
        self.reserved = 0
        self.peak_allocated = 0
        self.peak_reserved = 0
        self._small: Pool = []
        self._large: Pool = []
        self._end = 0

    def allocate(self, nbytes: int) -> MemoryBlock:
        """`malloc`: the smallest cached block that holds `nbytes`, else a new segment; split where much is left.

        Nothing is taken for 0 bytes. Raises `OutOfMemory`, and `ValueError` for a negative number.
        """
        if nbytes <= 0:
            if nbytes:
                raise ValueError(f"{nbytes} bytes")
            return MemoryBlock(self._end, 0, True, True)
        size = rounded(nbytes)
        small = size <= SMALL
        cached = self._cached(size, small) or self._segment(nbytes, segment_size(size), small)
        left = cached.size - size
        block = MemoryBlock(cached.address, cached.size, small, True)
        block.before, block.after = cached.before, cached.after
        if self.splits(left, small):
            block.size = size
            rest = MemoryBlock(cached.address + size, left, small, False)
            rest.before, rest.after = block, cached.after
            block.after = rest
            if rest.after:
                rest.after.before = rest
            insort(self._pool(small), (left, rest.address, rest))
        elif block.after:
            block.after.before = block
        if block.before:
            block.before.after = block
        self.allocated += block.size
        self.peak_allocated = max(self.peak_allocated, self.allocated)
        return block

    def allocate_alike(self, nbytes: int, count: int) -> None:
        """Allocate `count` tensors of one size that are never freed.

        They are allocated one by one. Of very many, those that fill whole segments are allocated at once; the ends of
        these segments then count as full, although smaller tensors might fit there.
        """
        size = rounded(nbytes)
        segment = segment_size(size)
        each = segment // size if size else 1
        whole = max(0, count - ONE_BY_ONE) // each
        for _ in range(count - whole * each):
            self.allocate(nbytes)
        if whole and size:
            self._segment(nbytes, whole * segment, size <= SMALL)
            self.allocated += whole * each * size
            self.peak_allocated = max(self.peak_allocated, self.allocated)

    def splits(self, left: int, small: bool) -> bool:
        """Whether the bytes left over of a block become another one."""
        return should_split(left, small)

    def free(self, block: MemoryBlock) -> None:
        """`free_block`: back to its pool, merged with free neighbours. Raises `ValueError` when freed twice."""
        if not block.used:
            raise ValueError("a block is freed twice")
        block.used = False
        if not block.size:
            return
        self.allocated -= block.size
        pool = self._pool(block.small)
        # `try_merge_blocks`, once each way: no two free neighbours are ever left.
        before, after = block.before, block.after
        if before and not before.used:
            _take(pool, before)
            block.address, block.size = before.address, before.size + block.size
            block.before = before.before
            if block.before:
                block.before.after = block
        if after and not after.used:
            _take(pool, after)
            block.size += after.size
            block.after = after.after
            if block.after:
                block.after.before = block
        insort(pool, (block.size, block.address, block))

    def empty_cache(self) -> None:
        """`release_cached_blocks`: give back every segment that is one free block."""
        for pool in (self._large, self._small):
            whole = [entry for entry in pool if not entry[2].before and not entry[2].after]
            if whole:
                self.reserved -= sum(size for size, _, _ in whole)
                pool[:] = [entry for entry in pool if entry[2].before or entry[2].after]

    def _pool(self, small: bool) -> Pool:
        return self._small if small else self._large

    def _cached(self, size: int, small: bool) -> MemoryBlock | None:
        """`get_free_block`: the best fit, out of its pool; of equal ones that with the lowest address."""
        pool = self._pool(small)
        index = bisect_left(pool, size, key=_size)
        return pool.pop(index)[2] if index < len(pool) else None

    def _segment(self, nbytes: int, size: int, small: bool) -> MemoryBlock:
        """`alloc_block`; where the device refuses, once more with the cache emptied."""
        if self.capacity is not None and self.reserved + size > self.capacity:
            self.empty_cache()
            if self.reserved + size > self.capacity:
                raise OutOfMemory(nbytes, self.reserved, self.capacity, size)
        self.reserved += size
        self.peak_reserved = max(self.peak_reserved, self.reserved)
        self._end += size
        return MemoryBlock(self._end - size, size, small, False)


def _size(entry: tuple[int, int, MemoryBlock]) -> int:
    return entry[0]


def _take(pool: Pool, block: MemoryBlock) -> None:
    """A free block out of its pool."""
    # No two entries have the same size and address, so blocks themselves are never compared.
    del pool[bisect_left(pool, (block.size, block.address, block))]
