"""Batches that PyTorch refuses to run: there are no figures of them, and none of them fits."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

import cnncalc
from cnncalc.memory import Estimate, Setup
from cnncalc.memory.advice import RemedyCase, advise, largest, need, suggestions
from cnncalc.pytorch import build
from tests.commands._program import run

POOLED = (
    "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - concat:\n    - [conv: {filters: 4, norm: bn}]\n"
    "    - [global_avgpool, conv: {filters: 4, norm: bn}, resize: 8]\n  - global_avgpool\n  - fc: 3\n"
)
OWN_STATISTICS = "cnncalc: 1\ninput: 8x8x4\nlayers: [global_avgpool, bn: {track: false}, fc: 3]\n"
HEAD = "cnncalc: 1\ninput: 8x8x4\nlayers: [conv: 4, global_avgpool, fc: {units: 8, norm: bn}, fc: 3]\n"
EVERY = (POOLED, OWN_STATISTICS, HEAD)
GIB = 1 << 30


def estimate(text: str, mode: str = "training", **setup: Any) -> Estimate:
    return Estimate(cnncalc.load(text, mode=mode), Setup(mode=mode, **setup))


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("text", EVERY)
def test_is_what_pytorch_does(text: str, mode: str) -> None:
    model = build(cnncalc.load(text, mode=mode)).train(mode == "training")
    for batch in (1, 2, 3):
        refused = estimate(text, mode).refusal(batch) is not None
        try:
            model(torch.randn(batch, 4, 8, 8))
        except ValueError:
            assert refused
        else:
            assert not refused


def test_counts_the_images_of_the_device_that_gets_the_fewest() -> None:
    two = estimate(POOLED, devices=2)
    assert [two.refusal(batch) is not None for batch in (1, 2, 3, 4, 5)] == [True] * 3 + [False] * 2
    refusal = two.refusal(3)
    assert refusal is not None
    assert (refusal.share, refusal.least) == (1, 4)
    assert two.least_batch == 4


def test_a_part_of_accumulated_gradients_is_a_batch_of_its_own() -> None:
    assert estimate(POOLED, accumulate=8).refusal(1) is not None


def test_a_frozen_norm_still_takes_the_statistics_of_the_batch() -> None:
    nodes = len(cnncalc.load(POOLED).nodes)
    assert estimate(POOLED, frozen=nodes - 1).refusal(1) is not None


@pytest.mark.parametrize("backend", ["cuda", "cpu"])
def test_does_not_fit_however_much_there_is(backend: str) -> None:
    from cnncalc.memory import BACKENDS

    built_estimate = estimate(POOLED, backend=BACKENDS[backend])
    assert not need(built_estimate, 1, GIB).fits
    assert need(built_estimate, 2, GIB).fits
    room = next(size for size in range(1000, GIB, 1000) if built_estimate.peak(1).nbytes < size)
    assert largest(built_estimate, room) == 0


def test_no_remedy_trains_on_a_part_of_one_image() -> None:
    built_estimate = estimate(POOLED)
    case = RemedyCase(built_estimate, 3, built_estimate.peak(3).nbytes)
    for outcome in suggestions(case):
        assert outcome.outcome.estimate.refusal(outcome.outcome.way.batch) is None
        if outcome.name == "accumulated_gradients":
            assert 3 % outcome.outcome.way.batch != 1


def test_nothing_is_remedied_where_the_batch_is_refused() -> None:
    search = advise([estimate(POOLED)], GIB, batch=1)
    assert (search.fits, search.remedies, search.case) == (False, (), None)


@pytest.fixture
def spec(tmp_path: Path) -> str:
    (tmp_path / "net.yaml").write_text(POOLED)
    return str(tmp_path / "net.yaml")


def test_memory_reports_an_error_and_no_figure(spec: str) -> None:
    ended = run("memory", spec, "--mode", "training", "--batch", "1")
    assert (ended.status, ended.out) == (1, "")
    assert "PyTorch refuses to train on a batch of 1: `conv2.bn` would normalise one value" in ended.err
    assert "take a batch of 2 or more" in ended.err
    data = json.loads(run("memory", spec, "--mode", "training", "--format", "json").out)
    assert data["peak_bytes"] is data["reserved_bytes"] is None
    assert data["refused"]["least_batch"] == 2
    assert "error" in [item["severity"] for item in data["diagnostics"]]


@pytest.mark.parametrize(("mode", "batch"), [("training", "2"), ("inference", "1")])
def test_memory_has_figures_of_what_runs(spec: str, mode: str, batch: str) -> None:
    ended = run("memory", spec, "--mode", mode, "--batch", batch, "--format", "json")
    assert ended.status == 0
    data = json.loads(ended.out)
    assert data["peak_bytes"] > 0
    assert data["refused"] is None


def test_fit_names_the_least_batch(spec: str) -> None:
    ended = run("fit", spec, "--memory", "2GiB", COLUMNS="110")
    assert ended.status == 0
    assert "not below 2: PyTorch refuses to train on a batch of 1" in ended.out
    asked = run("fit", spec, "--memory", "2GiB", "--batch", "1", COLUMNS="110")
    assert asked.status == 1
    assert "PyTorch refuses to train on a batch of 1" in asked.out
    data = json.loads(run("fit", spec, "--memory", "2GiB", "--batch", "1", "--format", "json").out)
    assert (data["fits"], data["training"]["peak_bytes"], data["training"]["least_batch"]) == (False, None, 2)


def test_diff_knows_no_peak_of_what_does_not_run(spec: str) -> None:
    ended = run("diff", "--mode", "training", spec, spec)
    assert "unknown" in next(line for line in ended.out.splitlines() if "memory" in line)
