"""The largest batch that fits: it does, the next one does not, and what is told of it is what a replay gives."""

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


def runs(made: Estimate, batch: int, usable: int) -> bool:
    """Whether a batch fits, from the replay itself."""
    if made.setup.backend.name == "cpu":
        return made.peak(batch).nbytes <= usable
    try:
        made.reserved(batch, usable)
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
        made = estimate(text, mode, backend, devices=devices)
        assume(made.peak(1).nbytes > 2048)
        # From what is not enough for anything to hundreds of images.
        usable *= made.peak(1).nbytes // 8
        batch = largest(made, usable)
        assert batch % devices == 0
        assert not batch or runs(made, batch, usable)
        assert not runs(made, batch + 1, usable)

    @given(networks(), st.integers(2, 10**4))
    def test_on_a_cpu_is_what_the_tensors_leave_room_for(self, text: str, batch: int) -> None:
        made = estimate(text, backend="cpu")
        assert largest(made, made.peak(batch).nbytes + 1) == batch
        # With nothing left it is no fit.
        assert largest(made, made.peak(batch).nbytes) == batch - 1

    def test_is_none_where_not_even_one_image_fits(self) -> None:
        made = estimate("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n")
        assert largest(made, 1) == 0
        assert largest(made, 2 * MIB - 1) == 0

    def test_no_larger_one_of_those_walked_fits(self) -> None:
        made = estimate(
            "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 64, kernel: 3, act: relu}\n"
        )
        usable = 300 * MIB
        batch = largest(made, usable)
        assert not any(runs(made, batch + more, usable) for more in range(1, WALKED))

    def test_where_gaps_cost_much_is_found_still(self) -> None:
        # LeNet's volumes are cut to pieces that cover each other badly: a quarter of the memory is gaps.
        made = Estimate(cnncalc.load("lenet5", mode="training"), Setup())
        usable = 2**31
        batch = largest(made, usable)
        assert runs(made, batch, usable)
        assert not runs(made, batch + 1, usable)

    @pytest.mark.parametrize("name", ["resnet18", "densenet121"])
    def test_is_not_where_a_straight_line_ends(self, name: str) -> None:
        made = Estimate(cnncalc.load(name, mode="training"), Setup())
        batch = largest(made, 2**33)
        one, two = made.peak(1).nbytes, made.peak(2).nbytes
        assert batch != (2**33 - one) // (two - one) + 1
        assert runs(made, batch, 2**33)


class TestNeed:
    def test_is_what_the_replay_gives(self) -> None:
        made = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        told = need(made, 8, 2**34)
        reserved = made.reserved(8, 2**34)
        assert reserved is not None
        assert (told.batch, told.peak, told.reserved, told.fits) == (
            8,
            made.peak(8),
            reserved.reserved,
            True,
        )
        assert told.nbytes == reserved.reserved

    def test_of_what_does_not_fit_has_nothing_reserved(self) -> None:
        made = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        told = need(made, 8, made.peak(8).nbytes - 1)
        assert (told.reserved, told.fits, told.nbytes) == (None, False, made.peak(8).nbytes)

    def test_the_allocators_gaps_count(self) -> None:
        made = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
        assert not need(made, 8, made.peak(8).nbytes).fits
        made = Estimate(made.graph, Setup(backend=BACKENDS["cpu"]))
        told = need(made, 8, made.peak(8).nbytes + 1)
        assert (told.fits, told.reserved) == (True, None)
        assert not need(made, 8, made.peak(8).nbytes).fits
