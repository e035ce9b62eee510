"""A spec that extends another can give some of its `inputs` other shapes."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc.diagnostic import Severity

BASE = """cnncalc: 1
inputs:
  left: 16x16x3
  right: {shape: 16x16x3, stride: 4, field: 7}
layers:
  - {conv: 8, from: left}
  - {conv: 8, from: right, expect: 16x16x8}
  - add: [conv1, prev]
"""


def extended(folder: Path, text: str, base: str = BASE) -> cnncalc.Graph:
    (folder / "base.yaml").write_text(base)
    (folder / "own.yaml").write_text(f"cnncalc: 1\nextends: base.yaml\n{text}\n")
    return cnncalc.load(folder / "own.yaml")


def errors(graph: cnncalc.Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


def test_shapes_replace_those_of_the_base(tmp_path: Path) -> None:
    graph = extended(tmp_path, "inputs: {left: 32x32x3, right: 32x32x3}")
    assert errors(graph) == []
    assert {node.name: str(node.shape) for node in graph.inputs} == {"left": "32x32x3", "right": "32x32x3"}
    # The `expect` of the base is for its own inputs.
    assert graph.unchecked.expects == 1
    # A shape alone keeps the history.
    assert graph.histories[1].stride == (4, 4)


def test_the_others_stay(tmp_path: Path) -> None:
    graph = extended(tmp_path, "inputs: {right: {shape: 16x16x3, stride: 8}}")
    assert errors(graph) == []
    assert str(graph["left"].shape) == "16x16x3"
    assert (graph.histories[1].stride, graph.histories[1].field) == ((8, 8), None)


def test_over_two_levels(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(BASE)
    (tmp_path / "middle.yaml").write_text(
        "cnncalc: 1\nextends: base.yaml\ninputs: {left: 8x8x3, right: 8x8x3}\n"
    )
    (tmp_path / "own.yaml").write_text("cnncalc: 1\nextends: middle.yaml\ninputs: {left: 8x8x5}\n")
    graph = cnncalc.load(tmp_path / "own.yaml")
    assert [str(node.shape) for node in graph.inputs] == ["8x8x5", "8x8x3"]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("inputs: {lefd: 8x8x3}", "L001", "the extended spec has no input `lefd`"),
        ("inputs: [8x8x3]", "L003", "`inputs` must be a mapping from name to shape"),
        ("input: 8x8x3", "L023", "the extended spec has `inputs`, and `input` can't replace it"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, text: str, code: str, message: str) -> None:
    assert (code, message) in errors(extended(tmp_path, text))


def test_inputs_over_a_single_input(tmp_path: Path) -> None:
    graph = extended(tmp_path, "inputs: {a: 8x8x3}", "cnncalc: 1\ninput: 8x8x3\nlayers: [relu]\n")
    assert errors(graph) == [("L023", "the extended spec has `input`, and `inputs` can't replace it")]


def test_a_history_alone_keeps_the_shape(tmp_path: Path) -> None:
    single = "cnncalc: 1\ninput: 16x16x3\nlayers: [{conv: 8, expect: 16x16x8}]\n"
    graph = extended(tmp_path, "input: {stride: 8}", single)
    assert errors(graph) == []
    assert str(graph["input"].shape) == "16x16x3"
    assert graph.histories[0].stride == (8, 8)


def test_a_shape_alone_keeps_the_history_over_two_levels(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text("cnncalc: 1\ninput: 16x16x3\nlayers: [conv: 8]\n")
    (tmp_path / "base.yaml").write_text("cnncalc: 1\nextends: first.yaml\ninput: {stride: 8}\n")
    (tmp_path / "own.yaml").write_text("cnncalc: 1\nextends: base.yaml\ninput: 8x8x3\n")
    graph = cnncalc.load(tmp_path / "own.yaml")
    assert errors(graph) == []
    assert (str(graph["input"].shape), graph.histories[0].stride) == ("8x8x3", (8, 8))
