"""Segments that grow: what is mapped for requests, from PyTorch's source; no GPU has confirmed it."""

from itertools import pairwise
from random import Random

import pytest

import cnncalc
from cnncalc.memory import Estimate, Setup, impossible
from cnncalc.memory.device import CachingAllocator, ExpandableAllocator, MemoryBlock, OutOfMemory

MIB = 2**20


def allocator(capacity: int | None = None) -> ExpandableAllocator:
    return ExpandableAllocator(capacity)


def test_small_requests_take_pages_of_2_mib_and_large_ones_of_20() -> None:
    device = allocator()
    device.allocate(1)
    assert device.reserved == 2 * MIB
    device.allocate(3 * MIB)
    assert device.reserved == 22 * MIB
    # It goes on in the page that is there, and takes the pages that it needs beyond.
    device.allocate(40 * MIB)
    assert device.reserved == 2 * MIB + 60 * MIB
    device.allocate(17 * MIB)
    assert device.reserved == 62 * MIB


def test_a_free_block_at_the_end_grows() -> None:
    device = allocator()
    block = device.allocate(20 * MIB)
    device.free(block)
    device.allocate(30 * MIB)
    assert (device.reserved, device.allocated) == (40 * MIB, 30 * MIB)


def test_what_is_left_is_split_to_the_last_512_bytes() -> None:
    grown, plain = allocator(), CachingAllocator()
    for device in (grown, plain):
        device.free(device.allocate(20 * MIB))
        device.allocate(20 * MIB - 512 * 1024)
    assert grown.allocated == 20 * MIB - 512 * 1024
    assert plain.allocated == 20 * MIB


def test_pages_of_free_blocks_are_given_back_where_a_request_finds_no_room() -> None:
    device = allocator(capacity=100 * MIB)
    first, second = device.allocate(50 * MIB), device.allocate(10 * MIB)
    device.free(first)
    # The free 50 MiB hold two whole pages.
    device.allocate(70 * MIB)
    assert device.reserved == 100 * MIB
    assert device.allocated == 80 * MIB
    device.free(second)
    with pytest.raises(OutOfMemory):
        device.allocate(60 * MIB)


def test_many_equal_tensors_lie_side_by_side() -> None:
    device = allocator()
    device.allocate_alike(3 * MIB, 5000)
    assert device.allocated == 15_000 * MIB
    assert device.reserved == 15_000 * MIB


@pytest.mark.parametrize("seed", range(20))
def test_figures_add_up_over_random_requests(seed: int) -> None:
    """Blocks never overlap, what is allocated fits what is reserved, and all of it can be given back."""
    random = Random(seed)
    device = allocator(None if seed % 2 else 400 * MIB)
    held: list[MemoryBlock] = []
    for _ in range(300):
        if held and random.random() < 0.5:
            device.free(held.pop(random.randrange(len(held))))
        else:
            try:
                held.append(device.allocate(random.choice((100, 4000, MIB, 3 * MIB, 12 * MIB, 33 * MIB))))
            except OutOfMemory:
                assert device.reserved <= 400 * MIB
        assert device.allocated == sum(block.size for block in held) <= device.reserved
        for small in (True, False):
            places = sorted((block.address, block.size) for block in held if block.small is small)
            assert all(start + size <= after for (start, size), (after, _) in pairwise(places))
    for block in held:
        device.free(block)
    device.empty_cache()
    assert (device.allocated, device.reserved) == (0, 0)


@pytest.mark.parametrize("spec", ["vgg16", "densenet121"])
def test_a_network_loses_less_to_gaps(spec: str) -> None:
    graph = cnncalc.load(spec, mode="training")
    plain, grown = (Estimate(graph, Setup(expandable_segments=flag)).reserved(32) for flag in (False, True))
    assert plain is not None
    assert grown is not None
    assert grown.reserved < plain.reserved
    assert grown.allocated <= plain.allocated


def test_a_cpu_and_old_versions_have_none() -> None:
    from cnncalc.memory import BACKENDS

    assert "a CPU has no such" in str(impossible(Setup(expandable_segments=True, backend=BACKENDS["cpu"])))
    assert "2.1 has" in str(impossible(Setup(expandable_segments=True, torch=(2, 0))))
