"""The runs that a page offers."""

from typing import Any

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, Estimate, Setup, impossible
from cnncalc.webpage.memory import computed_batches, offered_runs
from cnncalc.webpage.memory.runs import LARGE
from tests._placed import two


def offered(name: str = "lenet5", **setup: Any) -> tuple[Estimate, ...]:
    own = Setup(**setup)
    return offered_runs(Estimate(cnncalc.load(name, mode=own.mode), own))


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_predictions_and_trainings_with_and_without_autocast(mode: str) -> None:
    setups = [run.setup for run in offered(mode=mode)]
    assert setups[0] == Setup(mode=mode)
    kinds = {(setup.mode, setup.optimizer, setup.autocast) for setup in setups if setup.mode == "training"}
    assert kinds == {
        ("training", optimizer, autocast)
        for optimizer in ("sgd", "adam", "adamw")
        for autocast in (None, "float16", "bfloat16")
    }
    predictions = [setup.autocast for setup in setups if setup.mode == "inference"]
    assert sorted(map(str, predictions)) == ["None", "bfloat16", "float16"]


@pytest.mark.parametrize(
    "setup",
    [
        {"optimizer": "adam"},
        {"options": {"momentum": 0.9}},
        {"optimizer": "adamw", "autocast": "float16", "implementation": "fused"},
        {"dtype": "bfloat16"},
        {"devices": 4, "sharded": True},
        {"backend": BACKENDS["cpu"], "accumulate": 2},
        {"mode": "inference", "autocast": "bfloat16", "channels_last": True},
    ],
)
def test_none_is_there_twice_and_pytorch_accepts_them_all(setup: dict[str, Any]) -> None:
    runs = offered(**setup)
    setups = [run.setup for run in runs]
    assert all(setups.count(each) == 1 for each in setups)
    assert [impossible(run.setup, run.graph) for run in runs] == [None] * len(runs)
    assert {run.setup.mode == run.graph.mode for run in runs} == {True}


def test_other_options_hold_for_all() -> None:
    runs = offered(devices=4, channels_last=True, capability=(9, 0), prefetch=1)
    assert {(r.setup.devices, r.setup.channels_last, r.setup.capability, r.setup.prefetch) for r in runs} == {
        (4, True, (9, 0), 1)
    }


def test_a_model_in_sixteen_bits_is_not_cast() -> None:
    assert {run.setup.autocast for run in offered(dtype="float16")} == {None}


def test_a_spec_with_items_for_one_mode_needs_a_graph_of_the_other() -> None:
    name = "inception_v3"
    training, inference = (cnncalc.load(name, mode=mode) for mode in ("training", "inference"))
    if not training.spec.two_modes:
        pytest.fail(f"{name} no longer differs by mode")
    own = Estimate(training, Setup())
    assert {run.setup.mode for run in offered_runs(own)} == {"training"}
    runs = offered_runs(own, inference)
    assert {run.graph for run in runs if run.setup.mode == "inference"} == {inference}
    assert {run.graph for run in runs if run.setup.mode == "training"} == {training}


def test_a_network_of_very_many_layers_has_its_own_run_and_batch_alone() -> None:
    deep = cnncalc.load(
        {"cnncalc": 1, "input": "8x8x3", "layers": [{"conv": 3, "repeat": LARGE}]}, mode="training"
    )
    runs = offered_runs(Estimate(deep, Setup()))
    assert len(runs) == 1
    (batches,) = computed_batches(runs, 3)
    assert [done.batch for done in batches] == [3]


def test_layers_on_several_devices_stay_there() -> None:
    assert len(offered_runs(Estimate(two("training"), Setup()))) > 1
