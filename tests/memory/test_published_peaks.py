"""Peaks that people measured on GPUs and published, beside what is replayed for the same run."""

import pytest

import cnncalc
from benchmarks import published
from benchmarks.published import MIB, MODEL_OPT, PEAKS, PublishedPeak, predicted
from cnncalc.memory import Estimate, Setup

# A network of large filters, whose workspaces are a part of what was measured.
WITH_WORKSPACES = "vgg19"
PLAIN = [peak for peak in PEAKS if peak.plain and peak.spec != WITH_WORKSPACES]


@pytest.mark.parametrize("peak", PLAIN, ids=lambda peak: f"{peak.spec}-{peak.images}")
def test_peaks_of_plain_networks_are_within_three_two_hundredths(peak: PublishedPeak) -> None:
    assert abs(published.error(peak)) <= 0.015


def test_peaks_without_an_assumption_are_within_four_thousandths() -> None:
    stated = [peak for peak in PEAKS if not peak.assumed]
    assert len(stated) == 5
    assert max(abs(published.error(peak)) for peak in stated) <= 0.004


def test_a_peak_with_workspaces_is_in_their_band() -> None:
    (peak,) = (peak for peak in PEAKS if peak.spec == WITH_WORKSPACES)
    assert predicted(peak, "least") < peak.nbytes < predicted(peak, "most")


def test_a_fact_of_another_version_is_seen_in_a_published_peak() -> None:
    """ReLU6 in place kept no copy before 1.10, and gradients stayed until 2.0."""
    (peak,) = (
        peak for peak in PEAKS if (peak.source, peak.spec, peak.images) == (MODEL_OPT, "mobilenet_v2", 64)
    )
    graph = cnncalc.load("mobilenet_v2", mode="training")
    old, new = (Estimate(graph, Setup(torch=version)).peak(64).nbytes for version in ((1, 9), (2, 13)))
    assert old < 0.8 * peak.nbytes
    assert new / MIB == pytest.approx(peak.nbytes / MIB, rel=0.01)
