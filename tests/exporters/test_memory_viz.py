"""The target `memory-viz`: a snapshot that PyTorch's own functions read, with the peaks of the estimate."""

import pickle
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.exporters import target
from cnncalc.memory import Estimate, Setup

CASES = (("three_convs", "inference"), ("resnet20_cifar", "training"), ("unet", "inference"))


def snapshot(name: str, mode: str) -> dict[str, Any]:
    content = target("memory-viz").write(cnncalc.load(name, mode=mode))
    assert isinstance(content, bytes)
    read: dict[str, Any] = pickle.loads(content)
    return read


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_pytorch_reads_the_snapshot(name: str, mode: str, torch: ModuleType) -> None:
    from torch.cuda import _memory_viz as viewer

    read = snapshot(name, mode)
    assert "total_reserved" in viewer.segsum(read)
    assert "cudaMalloc" in viewer.trace(read)
    assert "snapshot.pickle" in viewer.trace_plot(read)


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_the_peak_of_the_events_is_that_of_the_estimate(name: str, mode: str) -> None:
    graph = cnncalc.load(name, mode=mode)
    estimate = Estimate(graph, Setup(mode=mode))
    held = most = 0
    (events,) = snapshot(name, mode)["device_traces"]
    for event in events:
        held += {"alloc": event["size"], "free_completed": -event["size"]}.get(event["action"], 0)
        most = max(most, held)
    peak = estimate.peak(estimate.least_batch or 1).nbytes
    # A block can be larger than its tensor, by 1 MiB at most: what is left over of a segment stays with it.
    assert peak <= most <= peak * 1.25


@pytest.mark.parametrize(("name", "mode"), CASES)
def test_blocks_fill_their_segments_and_never_overlap(name: str, mode: str) -> None:
    for segment in snapshot(name, mode)["segments"]:
        place = segment["address"]
        for block in segment["blocks"]:
            assert block["address"] == place
            assert block["size"] >= block["requested_size"]
            place += block["size"]
        assert place == segment["address"] + segment["total_size"]


def test_every_allocation_names_its_layer() -> None:
    (events,) = snapshot("resnet20_cifar", "training")["device_traces"]
    names = {frame["name"] for event in events for frame in event["frames"]}
    assert {"conv1", "fc1", "forward", "backward"} <= names
