"""The caching allocator with `expandable_segments:True`: one segment for each pool, which grows by pages.

Addresses are set aside without memory. Where no free block is large enough, pages of 2 MiB (small requests) or 20 MiB
are mapped right after the last block, and join it if it is free: little is lost to gaps between segments, and what is
left of a block is always split. Source: `ExpandableSegment`, `try_allocate_expandable_block`, `get_free_block` and
`release_blocks` in c10/cuda/CUDACachingAllocator.cpp.
"""

from bisect import bisect_left, insort

from cnncalc.memory.device.allocator import ONE_BY_ONE, CachingAllocator, OutOfMemory
from cnncalc.memory.device.blocks import (
    LARGE_SEGMENT,
    MIN_BLOCK,
    SMALL,
    SMALL_SEGMENT,
    MemoryBlock,
    Pool,
    rounded,
)

# Addresses that are set aside for a pool: more than any device has memory.
ADDRESSES = 2**62


class ExpandableAllocator(CachingAllocator):
    """One device's allocator whose segments grow. `capacity` is what it may reserve at most, in bytes."""

    def __init__(self, capacity: int | None = None) -> None:
        super().__init__(capacity)
        # Addresses without memory, by pool and in order; to their neighbours they are blocks in use.
        self._unmapped = {small: [MemoryBlock(0, ADDRESSES, small, True)] for small in (True, False)}

    def splits(self, left: int, small: bool) -> bool:
        return left >= MIN_BLOCK

    def empty_cache(self) -> None:
        """Give back every page that is in a free block."""
        for small in (True, False):
            pool, page = self._pool(small), _page(small)
            for _, _, block in list(pool):
                start = -(-block.address // page) * page
                end = (block.address + block.size) // page * page
                if start < end:
                    _take(pool, block)
                    self._unmap(block, start, end)

    def allocate_alike(self, nbytes: int, count: int) -> None:
        """Allocate `count` tensors of one size that are never freed: very many one after another, in a block."""
        for _ in range(min(count, ONE_BY_ONE)):
            self.allocate(nbytes)
        size = rounded(nbytes) * max(0, count - ONE_BY_ONE)
        if size:
            small = rounded(nbytes) <= SMALL
            block = self._expanded(size, small)
            self._give(block, size, small)

    def _cached(self, size: int, small: bool) -> MemoryBlock | None:
        """The best fit; a block that can grow counts with all that it can grow to."""
        pool = self._pool(small)
        index = bisect_left(pool, size, key=_size)
        if index == len(pool):
            return None
        while index + 1 < len(pool) and self._limit(pool[index + 1][2]) < self._limit(pool[index][2]):
            index += 1
        return pool.pop(index)[2]

    def _limit(self, block: MemoryBlock) -> int:
        after = block.after
        return block.size + (after.size if after in self._unmapped[block.small] else 0)

    def _segment(self, nbytes: int, size: int, small: bool) -> MemoryBlock:
        return self._expanded(rounded(nbytes), small)

    def _expanded(self, size: int, small: bool) -> MemoryBlock:
        """A free block of this size at least, with pages mapped for it; once more with the cache emptied."""
        block = self._grown(size, small)
        if block is None:
            self.empty_cache()
            block = self._grown(size, small)
        if block is None:
            assert self.capacity is not None
            page = _page(small)
            raise OutOfMemory(size, self.reserved, self.capacity, -(-size // page) * page)
        return block

    def _grown(self, size: int, small: bool) -> MemoryBlock | None:
        block = self._candidate(size, small)
        if not block.used:
            _take(self._pool(small), block)
        while block.used or block.size < size:
            hole = block if block.used else block.after
            assert hole is not None
            mapped = self._map(hole, size - (0 if block.used else block.size))
            if mapped is None:
                if not block.used:
                    insort(self._pool(small), (block.size, block.address, block))
                return None
            block = mapped
        return block

    def _candidate(self, size: int, small: bool) -> MemoryBlock:
        """The first addresses in a row that have room, with the free block before them."""
        unmapped = self._unmapped[small]
        for hole in unmapped:
            start = hole.before if hole.before and not hole.before.used else hole
            room, block = 0, start
            while room < size and (not block.used or block in unmapped):
                room += block.size
                if block.after is None:
                    break
                block = block.after
            if room >= size:
                return start
        raise AssertionError("there is no end of addresses")

    def _map(self, hole: MemoryBlock, wanted: int) -> MemoryBlock | None:
        """Memory for the first pages of a hole, as a free block that its free neighbours join; None for no room."""
        small, page = hole.small, _page(hole.small)
        nbytes = min(hole.size, -(-wanted // page) * page)
        if self.capacity is not None and self.reserved + nbytes > self.capacity:
            return None
        self.reserved += nbytes
        self.peak_reserved = max(self.peak_reserved, self.reserved)
        block = MemoryBlock(hole.address, nbytes, small, False)
        block.before, block.after = hole.before, hole
        hole.address, hole.size, hole.before = hole.address + nbytes, hole.size - nbytes, block
        if not hole.size:
            self._unmapped[small].remove(hole)
            block.after = hole.after
        _link(block)
        return self._joined(block)

    def _unmap(self, block: MemoryBlock, start: int, end: int) -> None:
        """The pages from `start` to `end` of a free block, which is in no pool now, are a hole again."""
        pool, small = self._pool(block.small), block.small
        self.reserved -= end - start
        hole = MemoryBlock(start, end - start, small, True)
        hole.before, hole.after = block.before, block.after
        for address, size, first in (
            (block.address, start - block.address, True),
            (end, block.address + block.size - end, False),
        ):
            if not size:
                continue
            rest = MemoryBlock(address, size, small, False)
            rest.before, rest.after = (block.before, hole) if first else (hole, block.after)
            if first:
                hole.before = rest
            else:
                hole.after = rest
            _link(rest)
            insort(pool, (size, address, rest))
        _link(hole)
        unmapped = self._unmapped[small]
        for other in (hole.before, hole.after):
            if other in unmapped:
                assert other is not None
                unmapped.remove(other)
                hole.address = min(hole.address, other.address)
                hole.size += other.size
                hole.before = other.before if other is hole.before else hole.before
                hole.after = other.after if other is hole.after else hole.after
                _link(hole)
        insort(unmapped, hole, key=_address)

    def _joined(self, block: MemoryBlock) -> MemoryBlock:
        """A free block with its free neighbours, out of their pool."""
        pool: Pool = self._pool(block.small)
        before, after = block.before, block.after
        if before and not before.used:
            if (before.size, before.address, before) in pool:
                _take(pool, before)
            block.address, block.size, block.before = before.address, before.size + block.size, before.before
        if after and not after.used:
            _take(pool, after)
            block.size, block.after = block.size + after.size, after.after
        _link(block)
        return block

    def _give(self, block: MemoryBlock, size: int, small: bool) -> None:
        """The beginning of a free block is in use from now on."""
        left = block.size - size
        block.used, block.size = True, size
        if left:
            rest = MemoryBlock(block.address + size, left, small, False)
            rest.before, rest.after = block, block.after
            _link(rest)
            insort(self._pool(small), (left, rest.address, rest))
        self.allocated += size
        self.peak_allocated = max(self.peak_allocated, self.allocated)


def _page(small: bool) -> int:
    return SMALL_SEGMENT if small else LARGE_SEGMENT


def _link(block: MemoryBlock) -> None:
    """Its neighbours know it."""
    if block.before:
        block.before.after = block
    if block.after:
        block.after.before = block


def _size(entry: tuple[int, int, MemoryBlock]) -> int:
    return entry[0]


def _address(block: MemoryBlock) -> int:
    return block.address


def _take(pool: Pool, block: MemoryBlock) -> None:
    """A free block out of its pool."""
    del pool[bisect_left(pool, (block.size, block.address, block))]
