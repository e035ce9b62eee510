"""Names as arguments: they mean what they mean where the caller writes them."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

Network: TypeAlias = Callable[..., Graph]

# Every block has a layer of the name that the caller's has, too.
BLOCKS = """blocks:
  unit:
    params: {skip: required}
    layers:
      - conv: 3
        name: x
      - relu
      - add: [prev, $skip]
  outer:
    params: {skip: required}
    layers:
      - conv: 3
        name: x
      - relu
      - unit: {skip: $skip}
  outermost:
    params: {skip: required}
    layers:
      - conv: 3
        name: x
      - outer: $skip
"""
TOP = "- conv: 3\n  name: x\n- relu\n"


def errors(graph: Graph) -> list[Diagnostic]:
    return [item for item in graph.diagnostics if item.severity is Severity.ERROR]


def reads(graph: Graph, name: str) -> list[str]:
    """The names of what a layer reads."""
    assert graph.ok, graph.diagnostics
    again = cnncalc.load("".join(expansion(graph)))
    for network in (graph, again):
        node = network.nodes[network.by_name[name]]
        sources = [network.nodes[source].name for source in node.inputs]
    return sources


@pytest.mark.parametrize(
    ("use", "name", "read"),
    [
        ("- unit: {skip: x}", "unit1.add1", "x"),
        ("- unit: x", "unit1.add1", "x"),
        ("- unit: {skip: prev}", "unit1.add1", "relu1"),
        ("- unit: {skip: input}", "unit1.add1", "input"),
        ("- outer: {skip: x}", "outer1.unit1.add1", "x"),
        ("- outer: {skip: prev}", "outer1.unit1.add1", "relu1"),
        ("- outermost: x", "outermost1.outer1.unit1.add1", "x"),
        ("- outermost: prev", "outermost1.outer1.unit1.add1", "relu1"),
        ("- unit: {skip: prev}\n  from: x", "unit1.add1", "x"),
        ("- unit: {skip: prev}\n  repeat: 2", "unit2.add1", "unit1.add1"),
        ("- unit: {skip: x}\n  repeat: 2", "unit2.add1", "x"),
        ("- unit: {skip: x}\n  repeat: 2\n  first: {skip: prev}", "unit1.add1", "relu1"),
        ("- unit: {skip: x}\n  repeat: 2\n  first: {skip: prev}", "unit2.add1", "x"),
        ("- unit: x\n  name: a\n- unit: {skip: a.x}", "unit1.add1", "a.x"),
        ("- unit: x\n  name: a\n- unit: {skip: a}", "unit1.add1", "a.add1"),
        ("- residual:\n    - unit: {skip: prev}", "unit1.add1", "relu1"),
        ("- residual:\n    - conv: 3\n    - unit: {skip: prev}", "unit1.add1", "conv1"),
        ("- add: [prev, [conv: 3, unit: x]]", "unit1.add1", "x"),
        ("- sequence: [{sequence: [unit: x]}]", "unit1.add1", "x"),
    ],
)
def test_are_looked_up_where_they_are_written(network: Network, use: str, name: str, read: str) -> None:
    assert reads(network(TOP + use, head=BLOCKS), name)[1] == read


@pytest.mark.parametrize(
    ("body", "argument", "name", "read"),
    [
        ("- relu:\n  from: $p", "x", "b1.relu1", "x"),
        ("- relu:\n  from: $p", "prev", "b1.relu1", "relu1"),
        ("- concat: [prev, $p]", "x", "b1.concat1", "x"),
        ("- crop_to: [prev, $p]", "x", "b1.crop_to1", "x"),
        ("- resize_to: {of: [prev, $p]}", "x", "b1.resize_to1", "x"),
        ("- mul: [$p, $p]", "x", "b1.mul1", "x"),
        ("- add: [prev, [{relu: , from: $p}]]", "x", "b1.relu1", "x"),
        ("- add: [prev, [{relu: , from: $p, when: false}]]", "x", "b1.add1", "x"),
        ("- residual: [conv: 3]\n  shortcut: [{relu: , from: $p}]", "x", "b1.relu1", "x"),
    ],
)
def test_wherever_the_block_uses_them(
    network: Network, body: str, argument: str, name: str, read: str
) -> None:
    inside = "".join(f"      {line}\n" for line in f"- conv: 3\n  name: x\n{body}".split("\n"))
    head = f"blocks:\n  b:\n    params: {{p: required}}\n    layers:\n{inside}"
    assert reads(network(f"{TOP}- b: {argument}", head=head), name)[-1] == read


class TestDefaults:
    HEAD = (
        "blocks:\n  b:\n    params: {p: required, tap: x, other: $p}\n    layers:\n      - conv: 3\n        name: x\n"
        "      - relu\n      - add: [prev, $tap, $other, $p]\n"
    )

    def test_belong_to_the_block(self, network: Network) -> None:
        assert reads(network(f"{TOP}- b: x", head=self.HEAD), "b1.add1") == ["b1.relu1", "b1.x", "x", "x"]

    def test_are_the_callers_where_it_says_them(self, network: Network) -> None:
        graph = network(f"{TOP}- b: {{p: x, tap: x, other: prev}}", head=self.HEAD)
        assert reads(graph, "b1.add1") == ["b1.relu1", "x", "relu1", "x"]

    def test_prev_in_one_is_what_enters_where_it_is_used(self, network: Network) -> None:
        head = "blocks:\n  b:\n    params: {p: prev}\n    layers:\n      - conv: 3\n      - add: [x, $p]\n"
        assert reads(network(f"{TOP}- b", head=head), "b1.add1") == ["x", "b1.conv1"]


class TestPaths:
    HEAD = BLOCKS + (
        "  tap:\n    params: {of: required}\n    layers:\n      - {conv: 3, name: x}\n      - add: [prev, $of.x]\n"
        "  hands-on:\n    params: {of: required}\n    layers:\n      - conv: 3\n      - tap: {of: $of}\n"
        "  into:\n    params: {of: required}\n    layers:\n      - unit: $of.x\n"
    )

    @pytest.mark.parametrize(
        ("use", "name"),
        [
            ("tap: a", "tap1.add1"),
            ("tap: {of: a}", "tap1.add1"),
            ("hands-on: a", "hands-on1.tap1.add1"),
            ("into: a", "into1.unit1.add1"),
        ],
    )
    def test_lead_into_what_a_parameter_names(self, network: Network, use: str, name: str) -> None:
        graph = network(f"{TOP}- unit: x\n  name: a\n- {use}", head=self.HEAD)
        assert reads(graph, name)[1] == "a.x"

    def test_into_what_is_not_a_name_are_an_error(self, network: Network) -> None:
        (item,) = errors(network(f"{TOP}- tap: 3", head=self.HEAD))
        assert item.code == "L010"
        assert item.message == "`$of.x` is a path into a layer, and `$of` names none: it is 3"


def test_weights_are_those_of_the_callers_layer(network: Network) -> None:
    head = "blocks:\n  b:\n    params: {of: required}\n    layers:\n      - conv: 3\n        name: x\n" + (
        "      - conv: 3\n        share: $of\n"
    )
    for argument in ("x", "prev"):
        graph = network(f"- {{conv: {{filters: 3, act: relu}}, name: x}}\n- b: {argument}", head=head)
        assert graph.ok, graph.diagnostics
        assert graph.nodes[graph.nodes[graph.by_name["b1.conv1"]].owner].name == "x"
        assert cnncalc.analyse(graph).totals.params == 2 * 12


def test_a_word_is_only_a_word(network: Network) -> None:
    head = "blocks:\n  b:\n    params: {act: required}\n    layers:\n      - conv: {filters: 3, act: $act}\n"
    graph = network("- conv: 3\n  name: relu\n- b: relu", head=head)
    assert [node.name for node in graph.layers] == ["relu", "b1.conv1", "b1.conv1.relu"]


def test_what_only_the_block_has_is_not_found(network: Network) -> None:
    graph = network("- conv: 3\n- unit: {skip: x}", head=BLOCKS)
    (item,) = errors(graph)
    assert (item.code, item.message) == ("L011", "no earlier layer is named `x`")
    note = item.notes[0]
    assert note.text == "it is looked up where the argument is written"
    assert note.span is not None
    assert note.span.line > item.span.line


def test_a_name_of_the_network_is_looked_up_where_it_is_used(network: Network) -> None:
    head = "params: {tap: x}\nblocks: {b: {layers: [{conv: 3, name: x}, add: [prev, conv1, $tap]]}}\n"
    graph = network("- conv: 3\n- b", head=head)
    assert reads(graph, "b1.add1") == ["b1.x", "conv1", "b1.x"]
