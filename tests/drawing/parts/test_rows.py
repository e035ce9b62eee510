"""Parts in a row, and the trunk among them."""

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.drawing.parts import DrawnRow, TooManyBoxes, rows, tree, trunk
from tests.drawing._drawn import network


def in_a_row(name: str, depth: int | None, readable: int = 40) -> list[DrawnRow]:
    return rows(tree(Analysis(cnncalc.load(name))), depth, readable)


def test_as_many_levels_are_unfolded_as_are_readable() -> None:
    assert len(in_a_row("vgg16", None)) == 23
    assert len(in_a_row("vgg16", None, 20)) == 10
    assert len(in_a_row("vgg16", 0)) == 10


def test_each_repetition_has_a_row() -> None:
    assert [row.part.name for row in in_a_row("resnet18", 0)][3:7] == ["basic1", "basic2", "basic3", "basic4"]


def test_repetitions_are_one_row_where_there_are_too_many() -> None:
    conv = {"conv": {"filters": 3, "kernel": 3, "padding": 1}, "repeat": 10_000}
    root = tree(Analysis(network(layers=[conv, {"conv": 4}])))
    for depth in (None, 0, 3):
        assert [row.times for row in rows(root, depth, 40)] == [1, 10_000, 1]


def test_too_many_rows_are_refused() -> None:
    layers = [{"conv": 3 + number % 2} for number in range(5002)]
    with pytest.raises(TooManyBoxes) as refused:
        rows(tree(Analysis(network(layers=layers))), None, 40)
    assert refused.value.depth is None


def test_the_trunk_is_the_longest_path() -> None:
    graph = cnncalc.load("googlenet")
    every = rows(tree(Analysis(graph)), 1, 200)
    path = [row.part.name for row in trunk(graph, every)]
    assert path[0] == "input"
    assert path[-1] == "scores"
    assert {"inception3a.conv2", "inception3a.conv3"} <= set(path)
    assert "inception3a.conv1" not in path


def test_the_trunk_of_a_chain_is_the_chain() -> None:
    every = in_a_row("vgg16", 9)
    assert trunk(cnncalc.load("vgg16"), every) == every
