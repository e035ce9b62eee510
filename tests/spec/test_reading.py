"""The nearest word, and the `$` names that mean something."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph
from cnncalc.spec import nearest

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize(
    ("word", "among", "close"),
    [
        ("stem", ["stem"], "stem"),
        ("Stem", ["stem"], "stem"),
        ("global-avg pool", ["global_avgpool", "avgpool"], "global_avgpool"),
        ("dense", ["fc", "conv"], "fc"),
        ("dense", ["conv"], None),
        ("dense", ["dense2", "fc"], "fc"),
        ("xyz", ["conv", "fc"], None),
        ("", ["conv"], None),
        ("conv", [], None),
    ],
)
def test_suggests_the_nearest(word: str, among: list[str], close: str | None) -> None:
    assert nearest(word, among) == close


@pytest.mark.parametrize(
    ("written", "help"),
    [
        ("$widht", "did you mean `$width`?"),
        ("$in.chanels", "did you mean `$in.channels`?"),
        ("$in.size", None),
        ("$in", None),
        ("$width.x + 1", None),
        ("$", "write `$name`"),
        ("$zzz", None),
    ],
)
def test_unknown_parameters(network: Network, written: str, help: str | None) -> None:
    graph = network(f"- conv: {written}\n- relu", head="params: {width: 3}\n")
    (item,) = graph.diagnostics
    assert item.code in ("L008", "L009")
    assert item.span.start == (5, 11)
    assert help is None or item.help == help
    assert graph.not_checked == 1


def test_all_unknown_parameters_of_an_expression_are_reported(network: Network) -> None:
    graph = network("- conv: $a + $b * $in.channels")
    assert [(item.code, item.span.column) for item in graph.diagnostics] == [("L009", 11), ("L009", 16)]


@pytest.mark.parametrize(
    ("written", "offset", "says"),
    [
        ("$k ^ 2", 3, "write `**` for a power"),
        ("$k +", 4, "the expression ends"),
        ("($k", 0, "not closed"),
        ("min(64", 3, "a comma ends a value: write the expression in quotes"),
        ("min(64, $k", 3, "not closed"),
        ("$k 2", 3, "not expected"),
        ("rount_to($k, 8)", 0, "did you mean `round_to`?"),
        ("round_to($k)", 0, "2 arguments"),
        ("1 < $k < 3", 7, "cannot be chained"),
        ("k * $k", 0, "write `$k`"),
    ],
)
def test_expressions_that_can_not_be_read(network: Network, written: str, offset: int, says: str) -> None:
    graph = network(f"- conv: {written}\n- relu", head="params: {k: 3}\n")
    (item,) = graph.diagnostics
    assert (item.code, item.span.column) == ("L008", 11 + offset)
    assert says in f"{item.message} {item.help}"
    assert ("quotes" in str(item.help)) == ("quotes" in says)


def test_an_input_may_not_use_the_size_of_what_enters(network: Network) -> None:
    graph = network("- relu", input="{channels: $in.channels, length: 3}")
    assert [item.code for item in graph.diagnostics] == ["L009"]


def test_a_parameter_may_not_either(network: Network) -> None:
    assert [item.code for item in network("- conv: $k", head="params: {k: $in.channels}\n").diagnostics] == [
        "L009"
    ]
