"""C004: memory and its budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.memory import Setup
from cnncalc.rules.memory_budget import MemoryBudget
from tests.rules._alone import alone
from tests.rules._budgets import NET, spec

Found: TypeAlias = Callable[..., list[Diagnostic]]


@pytest.fixture
def found() -> Found:
    return alone(MemoryBudget)


def peak(mode: str, batch: int) -> int:
    graph = cnncalc.load(spec("params: 1M"), mode=mode)
    return cnncalc.estimate(graph, Setup()).peak(batch).nbytes


@pytest.mark.parametrize("mode", ["training", "inference"])
def test_says_what_the_estimate_says(found: Found, mode: str) -> None:
    nbytes = peak(mode, 64)
    assert found(spec(f"memory: {{{mode}: <= {nbytes}B, batch: 64}}")) == []
    (item,) = found(spec(f"memory: {{{mode}: < {nbytes}B, batch: 64}}"))
    assert item.code == "C004"
    assert item.message.endswith(
        f"MiB at the peak of a batch of 64: 1 bytes (less than 0.1%) over the budget of < {nbytes}B"
    )


def test_says_what_it_is_made_of(found: Found) -> None:
    (item,) = found(spec("memory: {training: 30MiB, batch: 128}"))
    notes = [note.text for note in item.notes]
    assert notes[0].startswith("temporaries 32.00 MiB, activations 24.01 MiB, ")
    assert notes[1].startswith("`scores` has 18.51 MiB of it, 24.3%")
    assert notes[-1] == "run as: training, float32, sgd, CUDA"
    assert item.span.line == 3


def test_the_batch_it_names_keeps_it_and_one_more_does_not(found: Found) -> None:
    (item,) = found(spec("memory: {training: 30MiB, batch: 128}"))
    assert item.help is not None
    batch = int(item.help.split()[3])
    assert peak("training", batch) <= 30 << 20 < peak("training", batch + 1)


def test_no_batch_keeps_what_one_image_does_not(found: Found) -> None:
    (item,) = found(spec("memory: {training: 1MiB, batch: 2}"))
    assert item.help is not None
    assert item.help.startswith("a single image takes ")


def test_in_training_a_limit_of_inference_is_told_as_well(found: Found) -> None:
    text = spec("memory: {inference: 1MiB, training: 1MiB, batch: 2}")
    assert [item.code for item in found(text)] == ["C004", "C004"]
    assert found(text, mode="training") == found(text)


def test_of_two_networks_each_is_held_against_its_own(found: Found) -> None:
    net = NET + "  - relu:\n    only: training\n"
    text = spec("memory: {inference: 1MiB, training: 1MiB, batch: 2}", net).replace("outputs", "outputs")
    (inference,) = found(text)
    (training,) = found(text, mode="training")
    assert "run as: inference" in inference.notes[-1].text
    assert "run as: training" in training.notes[-1].text
