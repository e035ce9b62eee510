"""What a name means where it is written: `from`."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]

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


class TestFrom:
    def test_reads_an_earlier_layer(self, network: Network) -> None:
        graph = network(
            "- conv: 4\n  name: stem\n- conv: 5\n- conv: 6\n  from: stem\n- conv: 7\n  from: input"
        )
        assert [node.inputs for node in graph.layers] == [(0,), (1,), (1,), (0,)]

    def test_means_what_comes_out_of_an_item(self, network: Network) -> None:
        graph = network(
            "- conv: {filters: 4, norm: bn, act: relu}\n  name: stem\n"
            "- stage: {filters: 4}\n  name: body\n"
            "- sequence: [conv: 4, tanh]\n  name: tail\n"
            "- relu:\n  from: stem\n- relu:\n  from: body\n- relu:\n  from: tail\n- relu:\n  from: body.conv1",
            head=STAGE,
        )
        assert faults(graph) == []
        read = [graph.nodes[node.inputs[0]].name for node in graph.layers[-4:]]
        assert read == ["stem.relu", "body.maxpool1", "tanh1", "body.conv1"]

    @pytest.mark.parametrize(
        ("item", "last"),
        [
            ("conv: {filters: 4, norm: bn, act: relu}", "unit_{}.relu"),
            ("sequence: [conv: 4, tanh]", "tanh{}"),
            ("residual: [conv: 4, tanh]", "unit_{}"),
            ("residual: [conv: {filters: 3, kernel: 3}, tanh]\n  shortcut: optional", "tanh{}"),
            ('residual: [conv: 4, tanh]\n  shortcut: "$i > 1"', "tanh{}"),
            ("stage: {filters: 4}", "unit_{}.maxpool1"),
            ("add: [prev, [tanh]]", "unit_{}"),
        ],
    )
    def test_means_any_repetition_of_an_item(self, network: Network, item: str, last: str) -> None:
        text = f"- conv: 4\n- {item}\n  name: unit\n  repeat: 2\n- relu:\n  from: unit_1\n- relu:\n  from: unit_2\n"
        graph = network(f"{text}- relu:\n  from: unit", head=STAGE if "stage" in item else "")
        assert [code for code, _ in faults(graph) if code != "G001"] == []
        read = [graph.nodes[node.inputs[0]].name for node in graph.layers[-3:]]
        assert read == [last.format(1), last.format(2), last.format(2)]

    @pytest.mark.parametrize("place", ["before", "after"])
    def test_an_item_of_that_name_comes_before_a_repetition(self, network: Network, place: str) -> None:
        own, repeated = "- conv: 7\n  name: unit_1\n", "- sequence: [tanh]\n  name: unit\n  repeat: 2\n"
        graph = network((own + repeated if place == "before" else repeated + own) + "- relu:\n  from: unit_1")
        assert graph.nodes[graph.nodes[-1].inputs[0]].name == "unit_1"

    def test_inside_a_block_its_own_names_come_first(self, network: Network) -> None:
        head = "blocks:\n  unit:\n    layers:\n      - conv: 4\n        name: a\n      - conv: 5\n"
        head += "      - relu:\n        from: a\n      - relu:\n        from: b\n"
        graph = network("- conv: 6\n  name: a\n- conv: 7\n  name: b\n- unit", head=head)
        assert [str(node.shape) for node in graph.layers[-2:]] == ["8x8x4", "8x8x7"]

    def test_may_be_made_of_parameters(self, network: Network) -> None:
        head = "blocks:\n  tap:\n    params: {at: required}\n    layers:\n      - relu:\n        from: $at\n"
        graph = network("- conv: 6\n  name: a\n- conv: 7\n- tap: a", head=head)
        assert str(graph.nodes[-1].shape) == "8x8x6"

    def test_an_unknown_name_suggests_the_nearest(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: stem\n- relu:\n  from: steem")
        assert [(item.code, item.help) for item in graph.diagnostics] == [("L011", "did you mean `stem`?")]
        assert [fix.edits[0].text for fix in graph.diagnostics[0].fixes] == ["stem"]

    def test_a_later_name_is_unknown(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: stem\n- conv: 4\n  name: stem")) == [("L011", 5)]

    def test_must_be_a_name(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: 3")) == [("L003", 5)]

    def test_can_not_use_the_size_of_what_enters(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: $in.channels")) == [("L009", 5)]
