"""A network with another input than its spec says."""

from typing import Any

import pytest

import cnncalc
from cnncalc import Shape
from cnncalc.graph import Graph
from cnncalc.graph.other_input import BadInput, parsed
from cnncalc.lint.engine import Options, check
from cnncalc.spec import read_spec
from cnncalc.text import from_text

TWO = "inputs: {left: 8x8x3, right: 12x12x3}\n"
MIXED = "inputs: {left: 8x8x3, code: 5}\n"


def inputs(graph: Graph) -> list[str]:
    return [str(node.shape) for node in graph.inputs]


def load(head: str, asked: Any, layers: str = "- relu: {}", **options: Any) -> Graph:
    text = f"cnncalc: 1\n{head}layers:\n" + "".join(f"  {line}\n" for line in layers.split("\n"))
    return cnncalc.load(text, input=asked, **options)


@pytest.mark.parametrize(
    ("own", "asked", "shape"),
    [
        ("8x8x3", "16x12x1", "16x12x1"),
        ("8x8x3", 16, "16x16x3"),
        ("8x8x3", "16", "16x16x3"),
        ("8x6x3", Shape(1, (5, 7)), "5x7x1"),
        ("8x8x3", {"input": 4}, "4x4x3"),
        ("100x2", 40, "40x2"),
        ("4x8x8x3", 16, "16x16x16x3"),
        ("12", 30, "30"),
        ("{channels: 64, height: 1, width: 9}", "1x64x64", "1x64x64"),
    ],
)
def test_stands_in_place_of_its_own(own: str, asked: Any, shape: str) -> None:
    graph = load(f"input: {own}\n", asked)
    assert inputs(graph) == [shape]
    assert graph.ok


@pytest.mark.parametrize(
    ("head", "asked", "shapes"),
    [
        (TWO, 16, ["16x16x3", "16x16x3"]),
        (TWO, {"right": 16}, ["8x8x3", "16x16x3"]),
        (TWO, {"left": "4x4x1", "right": 16}, ["4x4x1", "16x16x3"]),
        (MIXED, {"code": 9}, ["8x8x3", "9"]),
    ],
)
def test_of_several_inputs(head: str, asked: Any, shapes: list[str]) -> None:
    assert inputs(load(head, asked, "- relu:\n  from: left")) == shapes


@pytest.mark.parametrize(
    ("head", "asked", "said"),
    [
        ("input: 8x8x3\n", "0", "at least 1"),
        ("input: 8x8x3\n", "0x8x3", "at least 1"),
        ("input: 8x8x3\n", Shape(3, (0, 8)), "at least 1"),
        ("input: 8x8x3\n", "-4", "not a shape"),
        ("input: 8x8x3\n", "big", "as 384x384x3, or 384"),
        ("input: 8x8x3\n", "(16, 16, 3)", "write 16x16x3"),
        ("input: 8x8x3\n", "16x12", "write 16x12x3"),
        ("input: 8x8x3\n", "4x8x8x3", "HEIGHTxWIDTHxCHANNELS (8x8x3)"),
        ("input: 8x8x3\n", "3x16x16", "write 16x16x3"),
        ("input: 8x8x3\n", {"left": 4}, "no input 'left'"),
        ("input: 12\n", "8x8x3", "a number of features (12)"),
        (TWO, "16x16x3", "left=16x16x3"),
        (TWO, {"lft": 4}, "Did you mean 'left'?"),
        (MIXED, 16, "left=16"),
    ],
)
def test_that_the_network_can_not_have(head: str, asked: Any, said: str) -> None:
    with pytest.raises(BadInput) as raised:
        load(head, asked)
    assert said in str(raised.value)


def test_follows_the_values_of_parameters() -> None:
    graph = load(
        "params: {depth: 3}\ninput: {channels: $depth, height: 8, width: 8}\n", 16, values={"depth": 5}
    )
    assert inputs(graph) == ["16x16x5"]


class TestExpect:
    LAYERS = "- conv: {filters: 4, kernel: 3}\n  expect: 6x6x4\n- relu:\n  expect: 5x5x5\n- maxpool: 2\n"
    RELATIVE = "- maxpool: 2\n  expect: {height: $in.height / 2, width: $in.width / 2, channels: 3}"

    @staticmethod
    def codes(graph: Graph) -> list[str]:
        return [item.code for item in graph.diagnostics]

    def test_of_another_input_is_not_checked_and_is_counted(self) -> None:
        graph = load("input: 8x8x3\n", 16, self.LAYERS.strip())
        assert "S102" not in self.codes(graph)
        assert graph.unchecked.expects == 2
        assert [str(entry.written_for) for entry in graph.unchecked.inputs] == ["8x8x3"]

    @pytest.mark.parametrize("asked", [None, 8, "8x8x3"])
    def test_of_the_same_input_is_checked(self, asked: Any) -> None:
        graph = load("input: 8x8x3\n", asked, self.LAYERS.strip())
        assert self.codes(graph).count("S102") == 1
        assert graph.unchecked.expects == 0

    def test_in_a_block_counts_once(self) -> None:
        head = "input: 8x8x3\nblocks:\n  b:\n    layers:\n      - relu:\n        expect: 8x8x3\n"
        assert load(head, 16, "- b:\n  repeat: 3").unchecked.expects == 1

    def test_that_is_computed_from_what_enters_is_checked(self) -> None:
        assert load("input: 8x8x3\n", 16, self.RELATIVE).unchecked.expects == 0
        wrong = self.RELATIVE.replace("width / 2", "width / 4")
        assert "S102" in self.codes(load("input: 8x8x3\n", 16, wrong))
        assert load("input: 8x8x3\n", "8x8x1", wrong).unchecked.expects == 1

    def test_allowed_there_is_not_an_unused_suppression(self) -> None:
        text = (
            "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu:\n    expect: 7x7x3\n    allow: {S102: for a test}\n"
        )
        checked = check(read_spec(*from_text(text)), options=Options(inputs=parsed(["16"])))
        assert (checked.found, checked.expects) == ((), 1)


def test_is_stated_where_an_error_points_at_the_input() -> None:
    graph = load("input: 9x9x3\n", 8, "- maxpool: {kernel: 3, stride: 3}")
    (fault,) = (item for item in graph.diagnostics if item.code == "S001")
    assert any("given in place of the one at line 2" in note.text for note in fault.notes)
