"""Batches of which all is computed: the figures are those of the estimate."""

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, Estimate, Reserved, Setup
from cnncalc.webpage.memory import computed_batches, offered_runs

NORM_OF_ONE_POSITION = "{cnncalc: 1, input: 8x8x3, layers: [{conv: 4}, global_avgpool, bn, {fc: 2}]}"


def test_the_batch_that_was_asked_for_and_common_ones() -> None:
    runs = offered_runs(Estimate(cnncalc.load("lenet5", mode="training"), Setup(optimizer="adam")))
    for run, batches in zip(runs, computed_batches(runs, 20), strict=True):
        assert [each.batch for each in batches] == [1, 8, 20, 32, 128]
        for each in batches:
            reserved = run.reserved(each.batch)
            assert reserved is not None
            assert (each.nbytes, each.reserved) == (run.peak(each.batch).nbytes, reserved.reserved)


def test_runs_that_allocate_the_same_are_replayed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnncalc.load("lenet5", mode="training")
    adam, adamw, sgd = (Estimate(graph, Setup(optimizer=name)) for name in ("adam", "adamw", "sgd"))
    replayed = []
    original = Estimate.reserved

    def counted(estimate: Estimate, batch: int, capacity: int | None = None) -> Reserved | None:
        replayed.append((estimate.setup.optimizer, batch))
        return original(estimate, batch, capacity)

    monkeypatch.setattr(Estimate, "reserved", counted)
    first, second, _ = computed_batches([adam, adamw, sgd], 8)
    assert first == second
    assert {optimizer for optimizer, _ in replayed} == {"adam", "sgd"}


def test_a_batch_that_pytorch_refuses_has_no_figures() -> None:
    (batches,) = computed_batches([Estimate(cnncalc.load(NORM_OF_ONE_POSITION, mode="training"), Setup())], 2)
    assert [(each.batch, each.nbytes is None, each.reserved is None) for each in batches[:2]] == [
        (1, True, True),
        (2, False, False),
    ]


def test_a_cpu_reserves_nothing() -> None:
    graph = cnncalc.load("lenet5", mode="training")
    (batches,) = computed_batches([Estimate(graph, Setup(backend=BACKENDS["cpu"]))], 1)
    assert all(each.nbytes is not None and each.reserved is None for each in batches)
