"""`module: true` beside a block or a sequence: one module call of the code that the spec mirrors."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

Network: TypeAlias = Callable[..., Graph]
HEAD = """blocks:
  unit:
    layers:
      - conv: {filters: 3, norm: bn, act: relu}
      - sequence: [dropout: 0.5, conv: 3]
        module: true
"""


def calls(graph: Graph) -> list[tuple[str, list[str]]]:
    return [(call.name, [graph.nodes[index].name for index in nodes]) for call, nodes in graph.module_calls]


def errors(graph: Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


def test_calls_hold_their_layers(network: Network) -> None:
    graph = network("- unit:\n  module: true\n  repeat: 2\n- relu", head=HEAD)
    inside = ["conv1", "conv1.bn", "conv1.relu", "dropout1", "conv2"]
    assert calls(graph) == [
        ("unit1", [f"unit1.{name}" for name in inside]),
        ("unit1.module1", ["unit1.dropout1", "unit1.conv2"]),
        ("unit2", [f"unit2.{name}" for name in inside]),
        ("unit2.module1", ["unit2.dropout1", "unit2.conv2"]),
    ]
    inner = graph["unit2.conv2"].module
    assert inner is not None
    assert inner.parent is graph["unit2.conv1"].module


def test_of_a_sequence_with_a_name(network: Network) -> None:
    graph = network("- sequence: [conv: 3, relu]\n  name: stem\n  module: true\n- conv: 3\n  from: stem")
    assert calls(graph) == [("stem", ["conv1", "relu1"])]
    assert errors(graph) == []


@pytest.mark.parametrize(("value", "count"), [("false", 0), ("true", 1), ("$in.channels == 3", 1)])
def test_the_value_says_whether(network: Network, value: str, count: int) -> None:
    graph = network(
        f'- sequence: [conv: 4]\n  module: "{value}"'
        if "$" in value
        else f"- sequence: [conv: 4]\n  module: {value}"
    )
    assert len(graph.module_calls) == count


def test_changes_no_figure_and_is_kept_by_expand(network: Network) -> None:
    graph = network("- unit:\n  module: true\n  repeat: 2\n- unit", head=HEAD)
    plain = network("- unit:\n  repeat: 2\n- unit", head=HEAD)
    assert cnncalc.analyse(graph).totals == cnncalc.analyse(plain).totals
    again = cnncalc.load("".join(expansion(graph)))
    assert errors(again) == []
    assert calls(again) == calls(graph)
    assert [node.name for node in again.nodes] == [node.name for node in graph.nodes]
    assert cnncalc.analyse(again).totals == cnncalc.analyse(graph).totals
    assert "".join(expansion(again)) == "".join(expansion(graph))


@pytest.mark.parametrize("item", ["conv: 3", "residual: [conv: 3]", "add: [prev, [conv: 3]]"])
def test_goes_beside_a_block_or_a_sequence(network: Network, item: str) -> None:
    graph = network(f"- {item}\n  module: true")
    word = item.partition(":")[0]
    assert errors(graph) == [("L023", f"`module` goes beside a block or `sequence`, not `{word}`")]


def test_a_block_may_still_be_called_module(network: Network) -> None:
    graph = network(
        "- module: 4\n- module: 5", head="blocks: {module: {params: {n: 1}, layers: [conv: $n]}}\n"
    )
    assert errors(graph) == []
    assert calls(graph) == []
