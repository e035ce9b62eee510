"""Segments and blocks of PyTorch's caching allocator: their sizes, and when a block is split.

Source: `DeviceCachingAllocator` in c10/cuda/CUDACachingAllocator.cpp; its sizes are stated in
c10/core/AllocatorConfig.h.
"""

MIB = 2**20


# All in bytes, under the names of AllocatorConfig.h: kMinBlockSize, kSmallSize, kSmallBuffer, large_segment_size_,
# kMinLargeAlloc, kRoundLarge.
MIN_BLOCK = 512
SMALL = MIB
SMALL_SEGMENT = 2 * MIB
LARGE_SEGMENT = 20 * MIB
MIN_OWN_SEGMENT = 10 * MIB
ROUND_LARGE = 2 * MIB


class MemoryBlock:
    """A part of a segment, and the handle of it. `size` is what counts as allocated, in bytes.

    Addresses only order blocks: the first segment begins at 0 and each new one after the last. A handle is not used
    again once it is freed: the memory is handed out under another one.
    """

    __slots__ = ("address", "after", "before", "size", "small", "used")

    def __init__(self, address: int, size: int, small: bool, used: bool) -> None:
        self.address = address
        self.size = size
        self.small = small
        self.used = used
        self.before: MemoryBlock | None = None
        self.after: MemoryBlock | None = None


# The free blocks of a pool in the order of `BlockComparatorSize`: size, then address, which is unique.
Pool = list[tuple[int, int, MemoryBlock]]


def rounded(nbytes: int) -> int:
    """`round_size`: bytes of the block that a request of at least 1 byte needs."""
    return -(-nbytes // MIN_BLOCK) * MIN_BLOCK


def segment_size(size: int) -> int:
    """`get_allocation_size`: bytes to ask of the device where no cached block holds `size` (rounded) bytes."""
    if size <= SMALL:
        return SMALL_SEGMENT
    if size < MIN_OWN_SEGMENT:
        return LARGE_SEGMENT
    return -(-size // ROUND_LARGE) * ROUND_LARGE


def should_split(left: int, small: bool) -> bool:
    """`should_split`: whether the bytes left over become a block of their own, or stay with the block handed out."""
    return left >= MIN_BLOCK if small else left > SMALL
