"""`shortcut: $expr`: an argument or an expression chooses what a residual adds."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
HEAD = """blocks:
  unit:
    params: {n: 3, way: identity}
    layers:
      - residual: [conv: $n]
        shortcut: $way
"""


def kinds(graph: Graph) -> list[str]:
    return [node.kind for node in graph.layers]


def errors(graph: Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


@pytest.mark.parametrize(
    ("use", "layers"),
    [
        ("unit", ["conv", "add"]),
        ("unit: {way: project}", ["conv", "add"]),
        ("unit: {n: 5, way: project}", ["conv", "conv", "add"]),
        ("unit: {n: 5, way: optional}", ["conv"]),
        ("unit: {way: optional}", ["conv", "add"]),
        ("unit: {way: true}", ["conv", "add"]),
        ("unit: {way: false}", ["conv"]),
        ("unit: {n: 5, way: false}", ["conv"]),
    ],
)
def test_an_argument_chooses(network: Network, use: str, layers: list[str]) -> None:
    graph = network(f"- {use}", head=HEAD)
    assert errors(graph) == []
    assert kinds(graph) == layers


@pytest.mark.parametrize(("filters", "layers"), [(3, ["conv", "add"]), (4, ["conv"])])
def test_the_input_can_decide(network: Network, filters: int, layers: list[str]) -> None:
    graph = network(f'- residual: [conv: {filters}]\n  shortcut: "$in.channels == {filters}"')
    assert errors(graph) == []
    assert kinds(graph) == layers


def test_a_repetition_can_decide(network: Network) -> None:
    graph = network('- residual: [conv: 3]\n  repeat: 3\n  shortcut: "$i > 0"')
    assert kinds(graph) == ["conv", "conv", "add", "conv", "add"]


@pytest.mark.parametrize(
    ("way", "written"), [("projekt", "projekt"), ("3", "3"), ("none", "none"), ("[1, 2]", "[1, 2]")]
)
def test_another_value_is_an_error(network: Network, way: str, written: str) -> None:
    graph = network(f"- unit: {{way: {way}}}\n- conv: 3", head=HEAD)
    message = f"the value of `shortcut` must be identity, project, optional, true or false, not {written}"
    assert errors(graph) == [("L003", message)]
    assert graph.nodes[-1].shape is None


def test_a_wrong_word_is_still_an_error(network: Network) -> None:
    (fault,) = network("- residual: [conv: 3]\n  shortcut: projekt").diagnostics
    assert fault.message == (
        "`shortcut` must be identity, project, optional, an expression or a list of layers, not projekt"
    )


def test_of_shapes_that_differ_stays_an_error(network: Network) -> None:
    assert [code for code, _ in errors(network("- unit: 5", head=HEAD))] == ["S008"]
