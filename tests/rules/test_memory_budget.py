"""C004: memory and its budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.memory import Setup
from cnncalc.rules.budget.memory_budget import MemoryBudget
from tests.rules._alone import alone
from tests.rules._budgets import NET, spec

Found: TypeAlias = Callable[..., list[Diagnostic]]


@pytest.fixture
def diagnose() -> Found:
    return alone(MemoryBudget)


def peak(mode: str, batch: int) -> int:
    graph = cnncalc.load(spec("params: 1M"), mode=mode)
    return cnncalc.estimate(graph, Setup()).peak(batch).nbytes


@pytest.mark.parametrize("mode", ["training", "inference"])
def test_says_what_the_estimate_says(diagnose: Found, mode: str) -> None:
    nbytes = peak(mode, 64)
    assert diagnose(spec(f"memory: {{{mode}: <= {nbytes}B, batch: 64}}")) == []
    (item,) = diagnose(spec(f"memory: {{{mode}: < {nbytes}B, batch: 64}}"))
    assert item.code == "C004"
    assert item.message.endswith(
        f"MiB at the peak of a batch of 64: 1 bytes (less than 0.1%) over the budget of less than {nbytes}B"
    )


def test_says_what_it_is_made_of(diagnose: Found) -> None:
    (item,) = diagnose(spec("memory: {training: 30MiB, batch: 128}"))
    notes = [note.text for note in item.notes]
    assert notes[0].startswith("temporaries 32.00 MiB, activations 24.01 MiB, ")
    assert notes[1].startswith("`scores` has 18.51 MiB of the peak, 24.3%")
    assert notes[-1] == "computed for: training, float32, sgd, CUDA"
    assert item.span.line == 3


def test_the_batch_it_names_keeps_it_and_one_more_does_not(diagnose: Found) -> None:
    (item,) = diagnose(spec("memory: {training: 30MiB, batch: 128}"))
    assert item.help is not None
    batch = int(item.help.split()[3])
    assert peak("training", batch) <= 30 << 20 < peak("training", batch + 1)


def test_no_batch_keeps_what_one_image_does_not(diagnose: Found) -> None:
    (item,) = diagnose(spec("memory: {training: 1MiB, batch: 2}"))
    assert item.help is not None
    assert item.help.startswith("a single image takes ")


def test_in_training_a_limit_of_inference_is_reported_as_well(diagnose: Found) -> None:
    text = spec("memory: {inference: 1MiB, training: 1MiB, batch: 2}")
    assert [item.code for item in diagnose(text)] == ["C004", "C004"]
    assert diagnose(text, mode="training") == diagnose(text)


def test_of_two_networks_each_is_compared_with_its_own(diagnose: Found) -> None:
    net = NET + "  - relu:\n    only: training\n"
    text = spec("memory: {inference: 1MiB, training: 1MiB, batch: 2}", net).replace("outputs", "outputs")
    (inference,) = diagnose(text)
    (training,) = diagnose(text, mode="training")
    assert "computed for: inference" in inference.notes[-1].text
    assert "computed for: training" in training.notes[-1].text
