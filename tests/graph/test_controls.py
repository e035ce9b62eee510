"""The control keys: `repeat`, `first`, `when`, `only`."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

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


class TestRepeat:
    def test_repeats_a_layer(self, network: Network, volumes: Volumes) -> None:
        graph = network("- conv: {filters: 4, kernel: 3}\n  repeat: 3")
        assert volumes(graph) == {"conv1": "6x6x4", "conv2": "4x4x4", "conv3": "2x2x4"}

    def test_repeats_nothing_at_0(self, network: Network) -> None:
        graph = network("- conv: 4\n- conv: 5\n  repeat: 0\n- relu")
        assert [str(node.shape) for node in graph.layers] == ["8x8x4", "8x8x4"]

    def test_numbers_a_name(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: stem\n  repeat: 2\n- add: [prev, stem_1]\n- add: [prev, stem]")
        assert faults(graph) == []
        assert [node.name for node in graph.layers] == ["stem_1", "stem_2", "add1", "add2"]
        assert [node.inputs for node in graph.nodes[3:]] == [(2, 1), (3, 2)]

    def test_numbers_the_names_inside_a_structure(self, network: Network) -> None:
        graph = network(
            "- sequence:\n    - conv: 3\n      name: stem\n    - relu\n    - add: [prev, stem]\n"
            "      name: sum\n  repeat: 2"
        )
        assert faults(graph) == []
        assert [node.name for node in graph.layers] == [
            "stem_1", "relu1", "sum_1", "stem_2", "relu2", "sum_2",
        ]  # fmt: skip
        assert graph.nodes[6].inputs == (5, 4)

    def test_numbers_nested_repetitions(self, network: Network) -> None:
        graph = network(
            "- sequence:\n    - conv: 3\n      name: a\n      repeat: 2\n  repeat: 2\n- relu:\n  from: a"
        )
        assert [node.name for node in graph.layers] == ["a_1_1", "a_1_2", "a_2_1", "a_2_2", "relu1"]
        assert graph.nodes[5].inputs == (4,)

    def test_counts_from_0(self, network: Network) -> None:
        graph = network("- conv: 4 + $i\n  repeat: 3")
        assert [str(node.shape) for node in graph.layers] == ["8x8x4", "8x8x5", "8x8x6"]

    def test_the_inner_count_hides_the_outer(self, network: Network) -> None:
        graph = network("- sequence:\n    - conv: 1 + $i\n      repeat: 2\n    - conv: 10 + $i\n  repeat: 2")
        channels = [node.shape.channels for node in graph.layers if node.shape]
        assert channels == [1, 2, 10, 1, 2, 11]

    def test_a_block_can_be_given_the_count(self, network: Network) -> None:
        graph = network("- stage: {filters: 4 + $i, convs: 1}\n  repeat: 2", head=STAGE)
        assert [str(node.shape) for node in graph.layers] == ["8x8x4", "4x4x4", "4x4x5", "2x2x5"]

    def test_the_count_is_nothing_elsewhere(self, network: Network) -> None:
        graph = network("- conv: 4\n  repeat: 2\n- conv: $i")
        assert faults(graph) == [("L009", 6)]

    @pytest.mark.parametrize("count", ["-1", "1.5", "two", "[2]", "null"])
    def test_must_be_a_whole_number(self, network: Network, count: str) -> None:
        assert faults(network(f"- relu:\n  repeat: {count}")) == [("L003", 5)]

    def test_must_give_a_whole_number(self, network: Network) -> None:
        graph = network("- conv: 8\n  repeat: $count / 2\n- relu", head="params: {count: 3}\n")
        assert faults(graph) == [("L003", 6)]
        assert (
            graph.diagnostics[0].message == "the value of `repeat` must be a whole number, 0 or more, not 1.5"
        )
        assert graph.not_checked == 1

    def test_a_whole_decimal_is_a_whole_number(self, network: Network) -> None:
        assert len(network("- relu:\n  repeat: $count * 2", head="params: {count: 1.5}\n").layers) == 3


class TestFirst:
    def test_is_for_the_first_repetition(self, network: Network) -> None:
        graph = network(
            "- conv: {filters: 4, kernel: 3, padding: 1}\n  repeat: 3\n  first: {stride: 2, filters: 6}",
            input="9x9x3",
        )
        assert [str(node.shape) for node in graph.layers] == ["5x5x6", "5x5x4", "5x5x4"]

    def test_keeps_what_defaults_say(self, network: Network) -> None:
        graph = network(
            "- conv: 4\n  repeat: 2\n  first: {stride: 2}",
            input="9x9x3",
            head="defaults: {conv: {kernel: 3, padding: 1, act: relu}}\n",
        )
        assert [(node.kind, str(node.shape)) for node in graph.layers] == [
            ("conv", "5x5x4"), ("relu", "5x5x4"), ("conv", "5x5x4"), ("relu", "5x5x4"),
        ]  # fmt: skip

    def test_may_change_norm_and_act(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, act: relu}\n  repeat: 2\n  first: {act: none, norm: bn}")
        assert [node.name for node in graph.layers] == ["conv1", "conv1.bn", "conv2", "conv2.relu"]

    def test_may_be_a_scalar(self, network: Network) -> None:
        graph = network("- conv: 4\n  repeat: 2\n  first: 6")
        assert [str(node.shape) for node in graph.layers] == ["8x8x6", "8x8x4"]

    def test_gives_a_block_other_arguments(self, network: Network) -> None:
        graph = network("- stage: {filters: 4, convs: 1}\n  repeat: 2\n  first: {filters: 6}", head=STAGE)
        assert [str(node.shape) for node in graph.layers] == ["8x8x6", "4x4x6", "4x4x4", "2x2x4"]

    def test_needs_repeat(self, network: Network) -> None:
        graph = network("- conv: 4\n  first: {stride: 2}")
        assert [item.code for item in graph.diagnostics] == ["L023"]

    @pytest.mark.parametrize("item", ["sequence: [relu]", "residual: [relu]", "add: [[relu], [tanh]]"])
    def test_means_nothing_to_structures(self, network: Network, item: str) -> None:
        assert faults(network(f"- {item}\n  repeat: 2\n  first: {{stride: 2}}")) == [("L023", 6)]

    def test_its_faults_stand_where_it_is_written(self, network: Network) -> None:
        graph = network(
            "- conv: {filters: 4, kernel: 3, stride: 1}\n  repeat: 2\n  first: {stride: 2}", input="10x10x3"
        )
        assert faults(graph) == [("S001", 6)]
        graph = network(
            "- conv: {filters: 4, kernel: 3, stride: 2}\n  repeat: 2\n  first: {stride: 1}", input="10x10x3"
        )
        assert faults(graph) == [("S001", 4)]


class TestWhen:
    def test_includes_where_true(self, network: Network) -> None:
        layers = "- conv: 4\n- conv: 5\n  when: $deep\n- relu"
        deep = network(layers, head="params: {deep: true}\n")
        flat = network(layers, head="params: {deep: false}\n")
        assert [node.name for node in deep.layers] == ["conv1", "conv2", "relu1"]
        assert [node.name for node in flat.layers] == ["conv1", "relu1"]

    def test_may_use_the_size_of_what_enters(self, network: Network) -> None:
        layers = "- conv: 4\n  when: $in.channels != 4\n- conv: 4\n  when: $in.channels != 4"
        assert len(network(layers).layers) == 1

    def test_may_use_the_number_of_the_repetition(self, network: Network) -> None:
        graph = network("- sequence:\n    - conv: 4\n    - maxpool: 2\n      when: $i % 2 == 1\n  repeat: 4")
        assert [node.kind for node in graph.layers].count("maxpool") == 2

    @pytest.mark.parametrize("when", ["1", "yes please", "[true]"])
    def test_must_be_true_or_false(self, network: Network, when: str) -> None:
        assert faults(network(f"- relu:\n  when: {when}")) == [("L003", 5)]

    def test_must_give_true_or_false(self, network: Network) -> None:
        assert faults(network("- relu:\n  when: $deep", head="params: {deep: 1}\n")) == [("L003", 6)]

    def test_decides_before_from_is_looked_up(self, network: Network) -> None:
        graph = network(
            "- conv: 4\n- conv: 5\n  name: extra\n  when: $more\n- conv: 6\n  from: extra\n  when: $more",
            head="params: {more: false}\n",
        )
        assert faults(graph) == []
        assert len(graph.layers) == 1

    def test_one_name_for_layers_that_exclude_each_other(self, network: Network) -> None:
        layers = (
            "- conv: 4\n  name: stem\n  when: $wide\n- conv: 3\n  name: stem\n  when: not $wide\n"
            "- relu\n- add: [prev, stem]"
        )
        for wide in ("true", "false"):
            assert faults(network(layers, head=f"params: {{wide: {wide}}}\n")) == []

    def test_one_name_for_layers_that_do_not(self, network: Network) -> None:
        layers = "- conv: 4\n  name: stem\n- conv: 4\n  name: stem\n  when: $deep"
        assert faults(network(layers, head="params: {deep: true}\n")) == [("L012", 8)]


class TestOnly:
    LAYERS = "- conv: 4\n  name: stem\n- conv: 5\n  only: training\n- relu"

    def test_is_a_mode(self, network: Network) -> None:
        assert len(network(self.LAYERS).layers) == 2
        assert len(network(self.LAYERS, mode="training").layers) == 3

    def test_a_word_that_is_none_suggests_the_nearest(self, network: Network) -> None:
        graph = network("- relu:\n  only: train")
        assert [(item.code, item.help) for item in graph.diagnostics] == [
            ("L003", "did you mean `training`?")
        ]

    def test_a_name_left_out_can_not_be_read(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: aux\n  only: training\n- relu:\n  from: aux")
        assert [item.code for item in graph.diagnostics] == ["L011"]
        assert (
            "is not in the network in inference: `only` or `when` leaves it out"
            in graph.diagnostics[0].message
        )

    def test_an_output_left_out_is_none(self, network: Network) -> None:
        layers = "- conv: 4\n  name: main\n- sequence:\n    - relu\n    - conv: 5\n      name: aux\n"
        layers += "  only: training"
        for mode, outputs in (("inference", ["main"]), ("training", ["main", "aux"])):
            graph = network(layers, head="outputs: [main, aux]\n", mode=mode)
            assert faults(graph) == []
            assert [graph.nodes[output].name for output in graph.outputs] == outputs
