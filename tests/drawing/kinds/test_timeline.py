"""Memory over time: the figures of `cnncalc memory`, and the peak among them."""

import pytest

import cnncalc
from cnncalc.drawing.timeline import State, states
from cnncalc.drawing.timeline._states import MOST
from cnncalc.memory import CATEGORIES, Estimate, Setup
from cnncalc.render.figures import size
from tests._each import each
from tests.drawing._drawn import drawn, read, texts

CASES = [
    (name, mode, batch)
    for name in ("lenet5", "resnet18", "unet", "densenet121")
    for mode, batch in (("inference", 1), ("training", 4))
]


def estimated(name: str, mode: str) -> Estimate:
    return Estimate(cnncalc.load(name, mode=mode), Setup(mode=mode, optimizer="adam"))


@each(("name", "mode", "batch"), CASES)
def test_the_peak_and_its_parts_are_those_of_the_memory_report(name: str, mode: str, batch: int) -> None:
    estimate = estimated(name, mode)
    replay = estimate.replay(batch)
    moments = states(replay)
    (peak,) = [moment for moment in moments if moment.peak]
    assert peak.total == replay.peak.nbytes == max(moment.total for moment in moments)
    assert dict(zip(CATEGORIES, peak.held, strict=True)) == estimate.breakdown(batch)
    assert (peak.phase, peak.node) == (replay.peak.phase, replay.peak.node)


@each(("name", "mode", "batch"), CASES)
def test_each_moment_holds_what_the_timeline_of_the_report_says(name: str, mode: str, batch: int) -> None:
    replay = estimated(name, mode).replay(batch)
    moments = states(replay)
    if len(replay.timeline) <= MOST:
        assert [moment.total for moment in moments] == [moment.most for moment in replay.timeline]
    assert len(moments) <= MOST + len({moment.phase for moment in moments})
    assert all(min(moment.held) >= 0 for moment in moments)


def test_of_many_moments_the_highest_are_kept() -> None:
    estimate = estimated("densenet121", "training")
    moments = states(estimate.replay(2))
    assert len(moments) < len(estimate.replay(2).timeline)
    assert list(dict.fromkeys(moment.phase for moment in moments)) == ["start", "forward", "backward", "step"]


def test_the_peak_and_the_largest_tensors_are_named() -> None:
    estimate = estimated("vgg16", "training")
    shown = texts(drawn(estimate.graph, "timeline", estimate=estimate, batch=8))
    assert any(line.startswith("peak ") and "backward" in line for line in shown)
    # A weight of 25,088 x 4096 in float32, and its gradient.
    assert {"fc1 weight, parameters 392.00 MiB", "fc1 weight, gradients 392.00 MiB"} <= set(shown)
    assert "training · float32 · adam · CUDA · 8 images" in shown


@each(("name", "mode", "batch"), CASES)
def test_no_two_of_the_largest_tensors_read_the_same_and_all_have_sizes(
    name: str, mode: str, batch: int
) -> None:
    estimate = estimated(name, mode)
    shown = texts(drawn(estimate.graph, "timeline", estimate=estimate, batch=batch))
    listed = shown[shown.index("the largest tensors of it") + 1 :]
    alive = estimate.replay(batch).alive[:12]
    assert len(listed) == len(alive)
    assert all(line.endswith(f" {size(tensor.nbytes)}") for line, tensor in zip(listed, alive, strict=True))
    assert not any(line.startswith("input input") for line in listed)
    # Only equal tensors read the same: two workspaces.
    kinds = {(tensor.tensor.node, tensor.tensor.name, tensor.tensor.category) for tensor in alive}
    assert len(set(listed)) >= len(kinds)


def test_a_state_adds_up() -> None:
    assert State("forward", None, (1, 2, 3)).total == 6


@pytest.mark.parametrize("batch", [1, 64])
def test_a_picture_of_memory_is_well_formed(batch: int) -> None:
    estimate = estimated("resnet18", "inference")
    assert read(drawn(estimate.graph, "timeline", estimate=estimate, batch=batch)).tag.endswith("svg")
