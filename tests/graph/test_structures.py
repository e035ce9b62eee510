"""Items that hold items: blocks, merges, sequences, residuals."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
Volumes: TypeAlias = Callable[[Graph], dict[str, str]]

STAGE = """blocks:
  stage:
    params: {filters: required, convs: 2}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1}
        repeat: $convs
      - maxpool: 2
"""


def faults(graph: Graph) -> list[tuple[str, int]]:
    """Code and line of everything but notes."""
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


def test_names_in_a_block_are_of_each_use(network: Network, volumes: Volumes) -> None:
    graph = network("- stage: {filters: 4}\n- stage: {filters: 6, convs: 1}\n  name: last", head=STAGE)
    assert volumes(graph) == {
        "stage1.conv1": "8x8x4",
        "stage1.conv2": "8x8x4",
        "stage1.maxpool1": "4x4x4",
        "last.conv1": "4x4x6",
        "last.maxpool1": "2x2x6",
    }


def test_a_scalar_is_a_blocks_first_parameter(network: Network) -> None:
    assert str(network("- stage: 4", head=STAGE).nodes[-1].shape) == "4x4x4"


def test_a_block_without_a_required_parameter(network: Network) -> None:
    graph = network("- stage: {convs: 1}", head=STAGE)
    assert faults(graph) == [("L004", 11)]
    assert graph.diagnostics[0].message == "block `stage` needs `filters`"


def test_a_blocks_unknown_parameter_suggests_the_nearest(network: Network) -> None:
    graph = network("- stage: {filter: 4}", head=STAGE)
    assert [(item.code, item.help) for item in graph.diagnostics] == [("L001", "did you mean `filters`?")]


def test_a_default_may_be_made_of_other_parameters_and_of_what_enters(network: Network) -> None:
    head = """blocks:
  se:
    params: {ratio: 2, squeezed: $in.channels / $ratio}
    layers:
      - conv: 32
      - conv: $squeezed
"""
    assert str(network("- se", input="8x8x12", head=head).nodes[-1].shape) == "8x8x6"
    assert str(network("- se: {ratio: 3}", input="8x8x12", head=head).nodes[-1].shape) == "8x8x4"


def test_arguments_are_evaluated_where_the_block_is_called(network: Network) -> None:
    head = """params: {width: 5}
blocks:
  outer:
    params: {width: required}
    layers: [inner: {filters: $width * 2}]
  inner:
    params: {filters: required}
    layers: [conv: $filters + $width]
"""
    assert str(network("- outer: {width: 10}", head=head).nodes[-1].shape) == "8x8x25"


def test_a_blocks_parameter_hides_the_networks(network: Network) -> None:
    head = "params: {width: 5}\nblocks:\n  unit:\n    params: {width: 7}\n    layers: [conv: $width]\n"
    assert str(network("- unit\n- conv: $width", head=head).nodes[1].shape) == "8x8x7"
    assert str(network("- unit\n- conv: $width", head=head).nodes[2].shape) == "8x8x5"


def test_defaults_mean_the_networks_parameters_everywhere(network: Network) -> None:
    head = """params: {width: 5}
defaults: {conv: {filters: $width}}
blocks:
  unit:
    params: {width: 7}
    layers: [conv: {kernel: $width}]
"""
    assert str(network("- unit", head=head).nodes[1].shape) == "2x2x5"


class TestMerges:
    def test_of_names_and_prev(self, network: Network) -> None:
        graph = network(
            "- conv: 4\n  name: a\n- conv: 5\n  name: b\n- conv: 6\n- concat: [prev, a, b, input]"
        )
        assert graph.nodes[-1].inputs == (3, 1, 2, 0)
        assert str(graph.nodes[-1].shape) == "8x8x18"

    def test_of_branches_that_read_what_enters(self, network: Network) -> None:
        graph = network("- conv: 4\n- concat: [[conv: 5, relu], [], [maxpool: 2, upsample: 2]]")
        assert faults(graph) == []
        assert graph.nodes[-1].inputs == (3, 1, 5)
        assert str(graph.nodes[-1].shape) == "8x8x13"

    def test_of_both(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: a\n- conv: 4\n- add: [a, [conv: 4], prev]")
        assert graph.nodes[-1].inputs == (1, 3, 2)

    def test_mul_spreads_a_single_position(self, network: Network) -> None:
        graph = network("- mul: [[], [global_avgpool, conv: 3, sigmoid]]")
        assert faults(graph) == []
        assert str(graph.nodes[-1].shape) == "8x8x3"

    def test_prev_means_what_from_says(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: a\n- conv: 5\n- concat: [prev, [conv: 2]]\n  from: a")
        assert graph.nodes[-1].inputs == (1, 3)

    def test_operands_that_differ_are_named(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: a\n- conv: {filters: 4, kernel: 3}\n- add: [prev, a]")
        (item,) = graph.diagnostics
        assert (item.code, item.span.line) == ("S008", 7)
        assert [note.text for note in item.notes] == [
            "operand 1 is 6x6x4, from `conv1` (line 6)",
            "operand 2 is 8x8x4, from `a` (line 4)",
        ]

    @pytest.mark.parametrize("operands", ["[]", "[prev]", "prev", "3", ""])
    def test_take_two_operands(self, network: Network, operands: str) -> None:
        assert [code for code, _ in faults(network(f"- add: {operands}"))] == ["L021"]

    @pytest.mark.parametrize("operand", ["3", "{conv: 4}", "null"])
    def test_operands_are_names_or_branches(self, network: Network, operand: str) -> None:
        assert faults(network(f"- concat: [prev, {operand}]")) == [("L006", 4)]

    @pytest.mark.parametrize("operand", ["true", "{conv: 4}", "null"])
    def test_of_arithmetic_are_numbers_too_but_nothing_else(self, network: Network, operand: str) -> None:
        assert faults(network("- add: [prev, 3]")) == []
        assert faults(network(f"- add: [prev, {operand}]")) == [("L006", 4)]


class TestStructures:
    def test_a_sequence_is_its_items(self, network: Network) -> None:
        graph = network("- sequence:\n    - conv: 4\n    - relu\n  name: body\n- add: [prev, body]")
        assert [node.name for node in graph.layers] == ["conv1", "relu1", "add1"]
        assert graph.nodes[-1].inputs == (2, 2)

    @pytest.mark.parametrize("empty", ["sequence: []", "residual: []", "sequence:", "residual"])
    def test_an_empty_one_is_a_fault(self, network: Network, empty: str) -> None:
        graph = network(f"- {empty}\n- conv: 4")
        assert faults(graph) == [("L003", 4)]
        assert "is empty" in graph.diagnostics[0].message

    def test_shortcut_goes_beside_residual(self, network: Network) -> None:
        assert faults(network("- conv: 3\n  shortcut: project")) == [("L023", 5)]


RESIZED = """
- conv: {{filters: 4, kernel: 3, padding: 1}}
  name: c1
- maxpool: 2
- resize_to: {resize_to}
- concat: [prev, c1]
"""


def test_a_merge_takes_its_operands_beside_its_parameters(network: Network) -> None:
    graph = network(RESIZED.format(resize_to="{of: [prev, c1], mode: bilinear}"))
    layer = graph.nodes[graph.by_name["resize_to1"]].fit
    assert graph.diagnostics == ()
    assert layer is not None
    assert vars(layer.layer)["mode"] == "bilinear"


def test_defaults_count_for_merges_too(network: Network) -> None:
    head = "defaults: {resize_to: {mode: bilinear}}\n"
    graph = network(RESIZED.format(resize_to="[prev, c1]"), head=head)
    layer = graph.nodes[graph.by_name["resize_to1"]].fit
    assert layer is not None
    assert vars(layer.layer)["mode"] == "bilinear"


def test_a_parameter_that_a_merge_does_not_have(network: Network) -> None:
    graph = network(RESIZED.format(resize_to="{of: [prev, c1], mood: bilinear}"))
    assert faults(graph) == [("L001", 7)]


def test_an_operand_that_only_lends_its_size_has_no_stride_to_agree(network: Network) -> None:
    graph = network(RESIZED.format(resize_to="[prev, c1]"))
    assert cnncalc.findings(cnncalc.analyse(graph)) == ()
