"""`freeze` beside an item: which layers are not trained."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
UNIT = "blocks:\n  unit:\n    params: {n: 3}\n    layers:\n      - conv: {filters: $n, norm: bn, act: relu}\n"


def frozen(graph: Graph) -> list[str]:
    return [node.name for node in graph.layers if node.frozen]


def errors(graph: Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


def test_parameters_are_counted_and_not_trainable(network: Network) -> None:
    graph = network("- conv: {filters: 4, norm: bn}\n  freeze: true\n- conv: 5")
    totals = cnncalc.analyse(graph).totals
    assert (totals.params, totals.trainable_params, totals.buffers) == (12 + 8 + 25, 25, 9)
    assert frozen(graph) == ["conv1", "conv1.bn"]


@pytest.mark.parametrize(
    ("items", "names"),
    [
        ("- unit:\n  freeze: true\n- conv: 3", ["unit1.conv1", "unit1.conv1.bn", "unit1.conv1.relu"]),
        ("- sequence: [conv: 3, bn]\n  freeze: true", ["conv1", "bn1"]),
        ("- residual: [conv: 3]\n  shortcut: [{conv: 3, freeze: false}]\n  freeze: true", ["conv1", "add1"]),
        ("- add:\n  - []\n  - [conv: 3]\n  freeze: true", ["conv1", "add1"]),
        ("- sequence: [conv: 3, {conv: 3, freeze: false}]\n  freeze: true", ["conv1"]),
        ('- conv: 3\n  repeat: 3\n  freeze: "$i < 2"', ["conv1", "conv2"]),
        ('- conv: 3\n  freeze: "$in.channels == 3"', ["conv1"]),
        ("- conv: 3\n  freeze: false", []),
    ],
    ids=["block", "sequence", "residual", "merge", "innermost", "repetition", "expression", "false"],
)
def test_the_innermost_item_says(network: Network, items: str, names: list[str]) -> None:
    graph = network(items + ("\n- unit" if "unit" not in items else ""), head=UNIT)
    assert errors(graph) == []
    assert frozen(graph) == names


@pytest.mark.parametrize(
    ("items", "other"),
    [
        ("- {conv: 3, name: a, freeze: true}\n- {conv: 3, share: a}", "`a` is frozen and `conv1` is not"),
        ("- {conv: 3, name: a}\n- {conv: 3, share: a, freeze: true}", "`conv1` is frozen and `a` is not"),
        ('- conv: 3\n  repeat: 2\n  share: self\n  freeze: "$i < 1"', "`conv1` is frozen and `conv2` is not"),
        (
            "- {unit: , name: a, freeze: true}\n- {unit: , share: a}",
            "`a.conv1` is frozen and `unit1.conv1` is not",
        ),
    ],
)
def test_layers_that_share_weights_must_agree(network: Network, items: str, other: str) -> None:
    graph = network(items + ("\n- unit" if "unit" not in items else ""), head=UNIT)
    assert errors(graph)[0] == ("S106", f"{other}, but they share their weights")
    fault = next(item for item in graph.diagnostics if item.code == "S106")
    assert fault.notes


def test_what_shares_and_agrees_is_fine(network: Network) -> None:
    items = "- {unit: , name: a, freeze: true}\n- {unit: , share: a, freeze: true}"
    assert errors(network(items, head=UNIT)) == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("3", "`freeze` must be true, false or an expression, not 3"),
        ("$i + 1", "the value of `freeze` must be true or false, not 1"),
    ],
)
def test_the_value_is_true_or_false(network: Network, value: str, message: str) -> None:
    graph = network(f"- conv: 3\n  repeat: 1\n  freeze: {value}")
    assert errors(graph) == [("L003", message)]


def test_is_kept_by_expand() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n"
    text += "  - sequence: [conv: {filters: 4, norm: bn, act: relu}]\n    freeze: true\n"
    from cnncalc.render.expansion import expansion

    graph = cnncalc.load(text + "  - conv: 3\n")
    again = cnncalc.load("".join(expansion(graph)))
    assert frozen(again) == ["conv1", "conv1.bn"]
    assert cnncalc.analyse(again).totals == cnncalc.analyse(graph).totals
