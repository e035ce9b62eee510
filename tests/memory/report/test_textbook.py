"""The textbooks' estimates, and the figures that the course and the exercise print, through the public command."""

import json
from typing import Any

import pytest

import cnncalc
from cnncalc.memory.report import textbook_estimates
from tests.commands._program import run

THREE_CONVS = """\
cnncalc: 1
input: 224x224x3
layers:
  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}
    repeat: 3
"""
MIB = 2**20


def textbook_json(*arguments: str, stdin: str = "") -> dict[str, Any]:
    """The textbook's part of what the command says."""
    ended = run("memory", *arguments, "--format", "json", stdin=stdin)
    assert ended.status == 0, ended.err
    figures: dict[str, Any] = json.loads(ended.out)["textbook"]
    return figures


def test_vgg16_takes_58_mib_an_image() -> None:
    course = textbook_json("vgg16")["course"]
    assert course["forward_bytes"] == 15_237_608 * 4
    assert round(course["forward_bytes"] / MIB, 2) == 58.13
    assert course["parameter_bytes"] == 138_357_544 * 4


def test_vgg16_as_inspect_has_it() -> None:
    totals = json.loads(run("inspect", "vgg16", "--format", "json").out)["totals"]
    assert textbook_json("vgg16")["course"]["forward_bytes"] == totals["activation_bytes"]


def test_three_convolutions_with_their_gradients() -> None:
    course = textbook_json("-", stdin=THREE_CONVS)["course"]
    assert course["activations"] == 9_633_792
    assert course["activation_and_gradient_bytes"] / MIB == 73.5


def test_parameters_count_three_times() -> None:
    """Themselves, their gradients, and the optimizer's cache: 903,400 of them in the exercise's network."""
    course = textbook_json("three_convs")["course"]
    assert course["parameter_bytes"] == 903_400 * 4
    assert course["parameter_gradient_and_momentum_bytes"] == 3 * 903_400 * 4


def test_the_exercise_predicts() -> None:
    """The first two volumes, and the parameters: 6,000,000 + 3,000,000 + 3,613,600."""
    assert textbook_json("three_convs")["exercise"]["prediction_bytes"] == 12_613_600
    # One prediction, whatever the batch.
    assert textbook_json("three_convs", "--batch", "50")["exercise"]["prediction_bytes"] == 12_613_600


def test_the_exercise_trains() -> None:
    """50 x 10,520,000 + 50 x 720,000 + 3,613,600: the book rounds 10.52 to 10.5 and prints 564.6 MB."""
    output = textbook_json("three_convs", "--batch", "50", "--mode", "training")
    assert output["course"]["activation_bytes"] == 50 * 10_520_000
    assert output["course"]["input_bytes"] == 50 * 720_000
    assert output["exercise"]["training_bytes"] == 565_613_600


@pytest.mark.parametrize(("dtype", "size"), [("float16", 2), ("bfloat16", 2), ("float64", 8)])
def test_in_another_type(dtype: str, size: int) -> None:
    graph = cnncalc.load("three_convs")
    single, other = (textbook_estimates(graph, batch=3, dtype=name) for name in ("float32", dtype))
    assert other.course.total_bytes * 4 == single.course.total_bytes * size
    assert other.exercise.training_bytes * 4 == single.exercise.training_bytes * size


def test_the_total_is_its_parts() -> None:
    course = textbook_estimates(cnncalc.load("resnet18"), batch=2, dtype="float32").course
    assert course.total_bytes == (course.with_gradients_bytes + course.learning_bytes + course.input_bytes)


def test_a_merge_has_all_its_operands_beside_its_output() -> None:
    """Three volumes of 4x4x8 in the addition; in the convolutions two at most."""
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 4x4x8\nlayers:\n  - residual:\n      - conv: {filters: 8, kernel: 1}\n"
        "    shortcut:\n      - conv: {filters: 8, kernel: 1}\n"
    )
    assert graph.ok, graph.diagnostics
    params = 2 * (8 * 8 + 8) * 4
    assert (
        textbook_estimates(graph, batch=1, dtype="float32").exercise.prediction_bytes
        == 3 * 4 * 4 * 8 * 4 + params
    )


def test_what_is_in_place_is_not_a_volume() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 4x4x8\nlayers:\n  - conv: {filters: 8, kernel: 1}\n  - dropout: 0.5\n  - relu\n"
    )
    params = (8 * 8 + 8) * 4
    assert (
        textbook_estimates(graph, batch=1, dtype="float32").exercise.prediction_bytes
        == 2 * 4 * 4 * 8 * 4 + params
    )


def test_a_fault_leaves_it_unknown() -> None:
    graph = cnncalc.load("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3, stride: 2}\n")
    with pytest.raises(ValueError, match="unknown"):
        textbook_estimates(graph, batch=1, dtype="float32")
