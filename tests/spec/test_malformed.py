"""Entries that are not one item, and their messages."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize(
    "item",
    ["3", "null", "~", "[relu]", "{}", "true", "[]", "{name: a}", "{repeat: 2, name: a}", "{conv: 3, relu: }",
     "{conv: 3, kernel: 3}", "{conv: 3, kernel: 3, stride: 2}"],
)  # fmt: skip
def test_malformed(network: Network, item: str) -> None:
    graph = network(f"- {item}\n- relu")
    assert [item.code for item in graph.diagnostics] == ["L006"]
    assert graph.not_checked == 1


def test_parameters_beside_a_layer_are_shown_inside_it(network: Network) -> None:
    (item,) = network("- conv: 64\n  kernel: 3\n  stride: 2").diagnostics
    assert item.message == "`kernel` and `stride` beside `conv`: parameters of a layer go inside it"
    assert item.help == "write `conv: {kernel: ..., stride: ...}`"


def test_two_layers_in_one_item(network: Network) -> None:
    (item,) = network("- conv: 64\n  maxpool: 2").diagnostics
    assert item.message == "one item, several layers: `conv` and `maxpool`"
