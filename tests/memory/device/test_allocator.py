"""Expected figures are worked out by hand from c10/cuda/CUDACachingAllocator.cpp of PyTorch 2.13."""

from bisect import bisect
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.memory.device import CachingAllocator, MemoryBlock, OutOfMemory
from tests._work import at_most

KIB, MIB = 2**10, 2**20
SIZES = st.one_of(
    st.integers(1, 4 * KIB),
    st.integers(1, 2 * MIB),
    st.integers(MIB - 600, MIB + 600),
    st.integers(10 * MIB - 600, 10 * MIB + 600),
    st.integers(1, 64 * MIB),
)


@pytest.mark.parametrize(
    ("asked", "allocated", "reserved"),
    [
        pytest.param(0, 0, 0, id="nothing for nothing"),
        pytest.param(1, 512, 2 * MIB, id="512 bytes at least"),
        pytest.param(513, 1024, 2 * MIB, id="in steps of 512"),
        pytest.param(MIB, MIB, 2 * MIB, id="1 MiB is small"),
        pytest.param(MIB + 1, MIB + 512, 20 * MIB, id="what is more shares 20 MiB"),
        pytest.param(10 * MIB - 512, 10 * MIB - 512, 20 * MIB, id="below 10 MiB"),
        pytest.param(10 * MIB, 10 * MIB, 10 * MIB, id="10 MiB has its own"),
        pytest.param(10 * MIB - 511, 10 * MIB, 10 * MIB, id="rounded before it is looked at"),
        pytest.param(11 * MIB, 12 * MIB, 12 * MIB, id="1 MiB is not split off"),
        pytest.param(11 * MIB - 512, 11 * MIB - 512, 12 * MIB, id="more than 1 MiB is"),
        pytest.param(100 * MIB + 1, 100 * MIB + 512, 102 * MIB, id="rounded up to 2 MiB, and split"),
    ],
)
def test_one_request(asked: int, allocated: int, reserved: int) -> None:
    allocator = CachingAllocator()
    block = allocator.allocate(asked)
    assert (allocator.allocated, allocator.reserved) == (allocated, reserved)
    assert block.size == allocated
    allocator.free(block)
    assert (allocator.allocated, allocator.reserved) == (0, reserved)
    assert (allocator.peak_allocated, allocator.peak_reserved) == (allocated, reserved)


def test_the_workspace_of_cublas_is_allocated_as_pytorch_reports_it() -> None:
    """8,519,680 bytes: what `memory_allocated` says after one linear layer on an A10G."""
    allocator = CachingAllocator()
    allocator.allocate(8_519_680)
    assert (allocator.allocated, allocator.reserved) == (8_519_680, 20 * MIB)


def test_a_negative_request_is_a_bug() -> None:
    with pytest.raises(ValueError, match="-1 bytes"):
        CachingAllocator().allocate(-1)


def test_small_and_large_never_share() -> None:
    allocator = CachingAllocator()
    allocator.free(allocator.allocate(5 * MIB))
    allocator.allocate(512)
    assert allocator.reserved == 22 * MIB


def test_small_blocks_fill_a_segment() -> None:
    allocator = CachingAllocator()
    blocks = [allocator.allocate(512) for _ in range(4096)]
    assert allocator.reserved == 2 * MIB
    assert [block.address for block in blocks] == list(range(0, 2 * MIB, 512))
    allocator.allocate(1)
    assert allocator.reserved == 4 * MIB


def test_the_best_fit_is_taken_and_not_the_first() -> None:
    allocator = CachingAllocator()
    large, small = allocator.allocate(40 * MIB), allocator.allocate(30 * MIB)
    allocator.free(large)
    allocator.free(small)
    assert allocator.allocate(29 * MIB).address == small.address
    assert allocator.allocate(29 * MIB).address == large.address


def test_of_equal_blocks_the_lowest_address_is_taken() -> None:
    allocator = CachingAllocator()
    first, second = allocator.allocate(30 * MIB), allocator.allocate(30 * MIB)
    allocator.free(second)
    allocator.free(first)
    assert allocator.allocate(30 * MIB).address == 0


def test_a_block_that_is_nearly_right_is_used_whole() -> None:
    """Up to 1 MiB more than asked for is not split off and counts as allocated."""
    allocator = CachingAllocator()
    allocator.free(allocator.allocate(30 * MIB))
    assert allocator.allocate(29 * MIB).size == 30 * MIB
    assert allocator.allocated == 30 * MIB


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_neighbours_merge_whatever_the_order(order: tuple[int, ...]) -> None:
    allocator = CachingAllocator()
    blocks = [allocator.allocate(6 * MIB), allocator.allocate(6 * MIB), allocator.allocate(6 * MIB)]
    for index in order:
        allocator.free(blocks[index])
    whole = allocator.allocate(20 * MIB)
    assert (whole.address, whole.size, allocator.reserved) == (0, 20 * MIB, 20 * MIB)


def test_segments_never_merge() -> None:
    allocator = CachingAllocator()
    blocks = [allocator.allocate(20 * MIB), allocator.allocate(20 * MIB)]
    for block in blocks:
        allocator.free(block)
    allocator.allocate(40 * MIB)
    assert allocator.reserved == 80 * MIB


def test_a_block_freed_twice_is_a_bug() -> None:
    allocator = CachingAllocator()
    for size in (0, 512, 20 * MIB):
        block = allocator.allocate(size)
        allocator.free(block)
        if size:
            allocator.allocate(size)
        with pytest.raises(ValueError, match="twice"):
            allocator.free(block)


def test_empty_cache_keeps_segments_in_use() -> None:
    allocator = CachingAllocator()
    kept, other = allocator.allocate(512), allocator.allocate(30 * MIB)
    allocator.free(allocator.allocate(5 * MIB))
    allocator.empty_cache()
    assert allocator.reserved == 32 * MIB
    allocator.free(kept)
    allocator.free(other)
    allocator.empty_cache()
    assert (allocator.reserved, allocator.peak_reserved) == (0, 52 * MIB)
    assert allocator.allocate(512).size == 512


def test_a_full_device_frees_its_cache_first() -> None:
    allocator = CachingAllocator(capacity=50 * MIB)
    allocator.free(allocator.allocate(30 * MIB))
    allocator.allocate(40 * MIB)
    assert allocator.reserved == 40 * MIB
    assert allocator.peak_reserved == 40 * MIB


def test_out_of_memory_says_what_was_asked() -> None:
    allocator = CachingAllocator(capacity=49 * MIB)
    held = allocator.allocate(512)
    allocator.free(allocator.allocate(30 * MIB))
    with pytest.raises(OutOfMemory, match="50,000,000 bytes need a segment of 50,331,648 bytes") as raised:
        allocator.allocate(50_000_000)
    assert raised.value.requested == 50_000_000
    assert raised.value.segment == 48 * MIB
    assert raised.value.reserved == 2 * MIB
    assert raised.value.capacity == 49 * MIB
    assert allocator.allocated == held.size


def test_a_split_segment_cannot_be_freed() -> None:
    """Fragmentation: 1.5 MiB hold 20 MiB, so that 10 MiB do not fit into the 20 that are free."""
    allocator = CachingAllocator(capacity=24 * MIB)
    allocator.allocate(3 * MIB // 2)
    with pytest.raises(OutOfMemory):
        allocator.allocate(19 * MIB)
    allocator.allocate(18 * MIB)


class Plain:
    """The same rules once more, written to be read: segments are lists of (address, size, used)."""

    def __init__(self) -> None:
        self.segments: list[tuple[bool, list[tuple[int, int, bool]]]] = []
        self.end = 0

    def allocate(self, asked: int) -> tuple[int, int]:
        size = (asked + 511) // 512 * 512
        small = size <= MIB
        fits = [
            (have, address)
            for kind, blocks in self.segments
            for address, have, used in blocks
            if kind is small and not used and have >= size
        ]
        if not fits:
            room = 2 * MIB if small else 20 * MIB if size < 10 * MIB else -(-size // (2 * MIB)) * 2 * MIB
            self.segments.append((small, [(self.end, room, False)]))
            fits = [(room, self.end)]
            self.end += room
        have, address = min(fits)
        blocks = self._of(address)
        index = blocks.index((address, have, False))
        left = have - size
        if left >= 512 if small else left > MIB:
            blocks[index : index + 1] = [(address, size, True), (address + size, left, False)]
            return address, size
        blocks[index] = (address, have, True)
        return address, have

    def free(self, address: int, size: int) -> None:
        blocks = self._of(address)
        blocks[blocks.index((address, size, True))] = (address, size, False)
        merged: list[tuple[int, int, bool]] = []
        for start, have, used in blocks:
            if merged and not used and not merged[-1][2]:
                merged[-1] = (merged[-1][0], merged[-1][1] + have, False)
            else:
                merged.append((start, have, used))
        blocks[:] = merged

    def empty(self) -> None:
        self.segments = [(kind, blocks) for kind, blocks in self.segments if len(blocks) > 1 or blocks[0][2]]

    @property
    def reserved(self) -> int:
        return sum(size for _, blocks in self.segments for _, size, _ in blocks)

    def _of(self, address: int) -> list[tuple[int, int, bool]]:
        starts = [blocks[0][0] for _, blocks in self.segments]
        return self.segments[bisect(starts, address) - 1][1]


@given(st.lists(st.one_of(SIZES, st.integers(-30, 0)), max_size=80))
def test_it_agrees_with_a_plain_allocator(steps: list[int]) -> None:
    """A positive step allocates; another frees one of the live blocks, and 0 also empties the cache."""
    allocator, plain = CachingAllocator(), Plain()
    live: list[MemoryBlock] = []
    for step in steps:
        if step > 0:
            block = allocator.allocate(step)
            assert (block.address, block.size) == plain.allocate(step)
            assert block.size >= step
            live.append(block)
        elif live:
            block = live.pop(step % len(live))
            plain.free(block.address, block.size)
            allocator.free(block)
        if step == 0:
            allocator.empty_cache()
            plain.empty()
        assert allocator.allocated == sum(block.size for block in live)
        assert allocator.reserved == plain.reserved
        assert allocator.allocated <= allocator.reserved <= allocator.peak_reserved
        ends = sorted((block.address, block.address + block.size) for block in live)
        assert all(end <= start for (_, end), (start, _) in pairwise(ends))
    for block in live:
        allocator.free(block)
    allocator.empty_cache()
    assert (allocator.allocated, allocator.reserved) == (0, 0)


@given(st.lists(SIZES, max_size=40), st.integers(0, 200))
def test_what_is_reserved_never_passes_the_capacity(sizes: list[int], capacity: int) -> None:
    allocator = CachingAllocator(capacity * MIB)
    for index, size in enumerate(sizes):
        with suppress(OutOfMemory):
            block = allocator.allocate(size)
            if index % 3:
                allocator.free(block)
        assert allocator.peak_reserved <= capacity * MIB


def test_its_work_does_not_grow_with_what_it_holds() -> None:
    allocator = CachingAllocator()
    kept = [allocator.allocate(512 + 1024 * (index % 900)) for index in range(2000)]
    for block in kept[::2]:
        allocator.free(block)
    rounds = 20_000
    with at_most(60 * rounds):
        for index in range(rounds):
            allocator.free(allocator.allocate(1 + 1777 * (index % 5000)))
