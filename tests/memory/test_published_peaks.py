"""Peaks that people measured on GPUs and published, beside what is replayed for the same run."""

from typing import Any, NamedTuple

import pytest

import cnncalc
from cnncalc.memory import Estimate, Setup

SGD: dict[str, Any] = {"optimizer": "sgd", "options": {"momentum": 0.9}}
MIB = 2**20


class Published(NamedTuple):
    """A run, the MiB of `torch.cuda.max_memory_allocated` that were published for it, and where."""

    spec: str
    batch: int
    setup: Setup
    mib: int
    source: str


PEAKS = (
    # Images are a GPU's share.
    Published(
        "resnet50",
        8 * 80,
        Setup(devices=8, torch=(1, 12), **SGD),
        7028,
        "mmaction2 v0.24.1, TSN, r50, 80 images",
    ),
    Published(
        "resnet50",
        8 * 128,
        Setup(devices=8, torch=(1, 12), **SGD),
        10978,
        "mmaction2 v0.24.1, TSN, 128 images",
    ),
    # The batch is not stated; it follows from the code of the report.
    Published("densenet121", 128, Setup(torch=(1, 12), **SGD), 16027, "hpcaitech/ColossalAI#1599"),
    Published("mobilenet_v2", 64, Setup(), 4853, "facebookresearch/MODel_opt#23"),
)


@pytest.mark.parametrize("published", PEAKS, ids=lambda published: f"{published.spec}-{published.batch}")
def test_peaks_that_were_published_are_within_a_hundredth(published: Published) -> None:
    graph = cnncalc.load(published.spec, mode="training")
    reserved = Estimate(graph, published.setup).reserved(published.batch)
    assert reserved is not None
    assert reserved.allocated / MIB == pytest.approx(published.mib, rel=0.01)


def test_a_fact_of_another_version_is_seen_in_a_published_peak() -> None:
    """ReLU6 in place kept no copy before 1.10, and gradients stayed until 2.0."""
    graph = cnncalc.load("mobilenet_v2", mode="training")
    old, new = (Estimate(graph, Setup(torch=version)).peak(64).nbytes for version in ((1, 9), (2, 13)))
    assert old / MIB < 0.8 * 4853
    assert new / MIB == pytest.approx(4853, rel=0.01)
