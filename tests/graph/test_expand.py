"""Items to nodes, one after another."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from tests._each import each

Network: TypeAlias = Callable[..., Graph]
Volumes: TypeAlias = Callable[[Graph], dict[str, str]]


def faults(graph: Graph) -> list[tuple[str, int]]:
    """Code and line of everything but notes."""
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


def test_a_bare_word_is_a_layer(network: Network, volumes: Volumes) -> None:
    assert volumes(network("- relu")) == {"relu1": "8x8x3"}


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ("- conv: 5", "8x8x5"),
        ("- maxpool: 2", "4x4x3"),
        ("- flatten\n- fc: 7", "7"),
        ("- upsample: 3", "24x24x3"),
        ("- zero_pad: 1", "10x10x3"),
        ("- adaptive_avgpool: 2", "2x2x3"),
        ("- dropout: 0.3", "8x8x3"),
        ("- lrn: 5", "8x8x3"),
        ("- conv: [5]", None),
    ],
)
def test_a_scalar_is_the_main_parameter(network: Network, layers: str, shape: str | None) -> None:
    graph = network(layers)
    if shape is None:
        assert faults(graph) == [("L003", 4)]
    else:
        assert faults(graph) == []
        assert str(graph.nodes[-1].shape) == shape


def test_unnamed_layers_are_counted_by_type(network: Network) -> None:
    graph = network("- conv: 4\n- relu\n- conv: 4\n- relu\n- maxpool: 2")
    assert [node.name for node in graph.layers] == ["conv1", "relu1", "conv2", "relu2", "maxpool1"]


def test_a_count_skips_names_that_are_given(network: Network) -> None:
    graph = network("- conv: 4\n- conv: 4\n  name: conv2\n- conv: 4")
    assert [node.name for node in graph.layers] == ["conv1", "conv2", "conv3"]


@each("key", ["name: a", "repeat: 2", "expect: 8x8x3", "when: true", "only: inference"])
@each(
    "item",
    ["relu", "conv: 3", "unit", "sequence: [relu]", "residual: [relu]", "add: [prev, [relu]]"],
)
def test_every_control_key_stands_beside_every_kind_of_item(network: Network, key: str, item: str) -> None:
    head = "blocks:\n  unit:\n    layers: [relu]\n"
    item = item if ":" in item else f"{item}:"
    for written in (f"- {item}\n  {key}", f"- {key}\n  {item}"):
        assert faults(network(f"- unit\n{written}", head=head)) == []


def test_unknown_layers_are_counted_not_reported(network: Network) -> None:
    graph = network("- convv: 3\n- conv: 4\n- maxpool: 2\n- flatten\n- fc: 10\n  expect: 10")
    assert faults(graph) == [("L002", 4)]
    assert graph.not_checked == 4
    assert not graph.ok


def test_layers_are_known_again_after_a_known_shape(network: Network) -> None:
    graph = network("- convv: 3\n- fc: 10\n- conv: 4\n  from: input\n- fc: 10")
    assert faults(graph) == [("L002", 4), ("S009", 8)]
