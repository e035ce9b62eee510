"""The largest batch that fits: it fits, the next one does not, and its figures are those of a replay."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import cnncalc
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.memory.advice import largest, need
from cnncalc.memory.advice.fit import WALKED
from cnncalc.memory.device import OutOfMemory

MIB = 2**20


@st.composite
def networks(draw: st.DrawFn) -> str:
    """A few convolutions, activations and poolings, and a classifier."""
    side = draw(st.integers(4, 40))
    lines = ["cnncalc: 1", f"input: {side}x{side}x{draw(st.integers(1, 4))}", "layers:"]
    for _ in range(draw(st.integers(1, 4))):
        kernel = draw(st.sampled_from((1, 3, 5)))
        lines.append(
            f"  - conv: {{filters: {draw(st.integers(1, 40))}, kernel: {kernel}, padding: half, act: relu}}"
        )
        if side % 2 == 0 and draw(st.booleans()):
            side //= 2
            lines.append("  - maxpool: {kernel: 2}")
    return "\n".join([*lines, "  - flatten", f"  - fc: {draw(st.integers(1, 300))}", ""])


def estimate(text: str, mode: str = "training", backend: str = "cuda", **setup: Any) -> Estimate:
    graph = cnncalc.load(text, mode=mode)
    assert graph.ok
    return Estimate(graph, Setup(mode=mode, backend=BACKENDS[backend])._replace(**setup))


def runs(estimate: Estimate, batch: int, usable: int) -> bool:
    """Whether a batch fits, from the replay itself."""
    if estimate.setup.backend.name == "cpu":
        return estimate.peak(batch).nbytes <= usable
    try:
        estimate.reserved(batch, usable)
    except OutOfMemory:
        return False
    return True


class TestLargest:
    @given(
        networks(),
        st.integers(1, 400),
        st.sampled_from(("training", "inference")),
        st.sampled_from(("cuda", "cpu")),
        st.integers(1, 3),
    )
    def test_fits_and_the_next_one_does_not(
        self, text: str, usable: int, mode: str, backend: str, devices: int
    ) -> None:
        built_estimate = estimate(text, mode, backend, devices=devices)
        assume(built_estimate.peak(1).nbytes > 2048)
        # From what is not enough for anything to hundreds of images.
        usable *= built_estimate.peak(1).nbytes // 8
        batch = largest(built_estimate, usable)
        assert batch % devices == 0
        assert not batch or runs(built_estimate, batch, usable)
        assert not runs(built_estimate, batch + 1, usable)

    @given(networks(), st.integers(2, 10**4))
    def test_on_a_cpu_is_what_the_tensors_leave_room_for(self, text: str, batch: int) -> None:
        built_estimate = estimate(text, backend="cpu")
        assert largest(built_estimate, built_estimate.peak(batch).nbytes + 1) == batch
        # With nothing left it is no fit.
        assert largest(built_estimate, built_estimate.peak(batch).nbytes) == batch - 1

    def test_is_none_where_not_even_one_image_fits(self) -> None:
        built_estimate = estimate("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n")
        assert largest(built_estimate, 1) == 0
        assert largest(built_estimate, 2 * MIB - 1) == 0

    def test_no_larger_one_of_those_walked_fits(self) -> None:
        built_estimate = estimate(
            "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 64, kernel: 3, act: relu}\n"
        )
        usable = 300 * MIB
        batch = largest(built_estimate, usable)
        assert not any(runs(built_estimate, batch + more, usable) for more in range(1, WALKED))

    def test_where_gaps_cost_much_is_found_still(self) -> None:
        # LeNet's volumes are cut to pieces that cover each other badly: a quarter of the memory is gaps.
        estimate = Estimate(cnncalc.load("lenet5", mode="training"), Setup())
        usable = 2**31
        batch = largest(estimate, usable)
        assert runs(estimate, batch, usable)
        assert not runs(estimate, batch + 1, usable)

    @pytest.mark.parametrize("name", ["resnet18", "densenet121"])
    def test_is_not_where_a_straight_line_ends(self, name: str) -> None:
        estimate = Estimate(cnncalc.load(name, mode="training"), Setup())
        batch = largest(estimate, 2**33)
        first, two = estimate.peak(1).nbytes, estimate.peak(2).nbytes
        assert batch != (2**33 - first) // (two - first) + 1
        assert runs(estimate, batch, 2**33)


class TestNeed:
    def test_is_what_the_replay_gives(self) -> None:
        estimate = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        needed = need(estimate, 8, 2**34)
        reserved = estimate.reserved(8, 2**34)
        assert reserved is not None
        assert (needed.batch, needed.peak, needed.reserved, needed.fits) == (
            8,
            estimate.peak(8),
            reserved.reserved,
            True,
        )
        assert needed.nbytes == reserved.reserved

    def test_of_what_does_not_fit_has_nothing_reserved(self) -> None:
        estimate = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        needed = need(estimate, 8, estimate.peak(8).nbytes - 1)
        assert (needed.reserved, needed.fits, needed.nbytes) == (None, False, estimate.peak(8).nbytes)

    def test_the_allocators_gaps_count(self) -> None:
        estimate = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        assert not need(estimate, 8, estimate.peak(8).nbytes).fits
        estimate = Estimate(estimate.graph, Setup(backend=BACKENDS["cpu"]))
        needed = need(estimate, 8, estimate.peak(8).nbytes + 1)
        assert (needed.fits, needed.reserved) == (True, None)
        assert not need(estimate, 8, estimate.peak(8).nbytes).fits
