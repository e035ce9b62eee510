"""`share`: one set of weights for several layers."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
STEM = "- conv: {filters: 3, kernel: 3, padding: 1}\n  name: stem\n"


def faults(graph: Graph) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


def params(graph: Graph) -> int | None:
    return cnncalc.analyse(graph).totals.params


def test_weights_are_counted_once(network: Network) -> None:
    graph = network(STEM + "- conv: {filters: 3, kernel: 3, padding: 1}\n  share: stem\n  repeat: 3")
    assert faults(graph) == []
    assert [node.owner for node in graph.layers] == [1, 1, 1, 1]
    assert params(graph) == 3 * 3 * 3 * 3 + 3


def test_of_what_shares_itself(network: Network) -> None:
    graph = network(
        STEM + "- conv: {filters: 3, kernel: 3, padding: 1}\n  name: again\n  share: stem\n"
        "- conv: {filters: 3, kernel: 3, padding: 2}\n  share: again"
    )
    assert graph.nodes[3].owner == 1


def test_means_the_layer_and_not_what_follows_it(network: Network) -> None:
    graph = network(
        "- conv: {filters: 3, norm: bn, act: relu}\n  name: stem\n"
        "- conv: {filters: 3, norm: bn, act: relu}\n  share: stem"
    )
    assert faults(graph) == []
    assert [node.owner for node in graph.layers] == [1, 2, 3, 1, 5, 6]


def test_of_a_repeated_layer_is_of_its_last(network: Network) -> None:
    graph = network("- conv: {filters: 3, act: relu}\n  name: a\n  repeat: 2\n- conv: 3\n  share: a")
    assert faults(graph) == []
    assert graph.nodes[5].owner == 3


def test_over_other_sizes(network: Network) -> None:
    graph = network(STEM + "- maxpool: 2\n- conv: {filters: 3, kernel: 3, padding: 1}\n  share: stem")
    assert faults(graph) == []


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ("conv: {filters: 4, kernel: 3}",
         "the weights differ: `weight` is (4, 3, 3, 3) in `conv1` and (3, 3, 3, 3) in `stem`"),
        ("conv: {filters: 3, kernel: 3, bias: false}",
         "the weights differ: `bias` is absent in `conv1` and (3) in `stem`"),
        ("depthwise_conv: {kernel: 3}", "`depthwise_conv1` is depthwise_conv and `stem` is conv: "
         "layers of different types can't share weights"),
    ],
)  # fmt: skip
def test_must_fit(network: Network, other: str, says: str) -> None:
    graph = network(f"{STEM}- {other}\n  share: stem")
    assert faults(graph) == [("S103", 7)]
    assert graph.diagnostics[0].message == says
    assert graph.nodes[2].owner == 2


def test_must_be_an_earlier_layer(network: Network) -> None:
    assert faults(network("- conv: 3\n  share: stem\n" + STEM)) == [("L011", 5)]


@pytest.mark.parametrize("item", ["sequence: [relu]", "residual: [relu]", "add: [prev, stem]"])
def test_goes_beside_a_layer_or_a_block(network: Network, item: str) -> None:
    head = "blocks: {unit: {layers: [relu]}}\n"
    graph = network(f"{STEM}- unit\n- {item}\n  share: stem", head=head)
    assert faults(graph) == [("L023", 9)]


@pytest.mark.parametrize(
    ("layer", "help"),
    [
        ("share: again", None),
        ("share: again\n  repeat: 3", "`share: self`"),
        ("share: again\n  repeat: 1", "`share: self`"),
    ],
)
def test_of_the_layer_itself_is_refused(network: Network, layer: str, help: str | None) -> None:
    graph = network(f"- conv: 3\n  name: again\n  {layer}")
    (fault,) = [item for item in graph.diagnostics if item.code == "S103"]
    assert "is this layer itself" in fault.message
    assert fault.help is None if help is None else help in (fault.help or "")
