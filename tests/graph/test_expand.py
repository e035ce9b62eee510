"""Items to nodes: control keys, blocks, structures, merges."""

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


def test_a_count_steps_over_names_that_are_given(network: Network) -> None:
    graph = network("- conv: 4\n- conv: 4\n  name: conv2\n- conv: 4")
    assert [node.name for node in graph.layers] == ["conv1", "conv2", "conv3"]


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


def test_a_blocks_unknown_parameter_gets_the_nearest(network: Network) -> None:
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

    def test_must_come_to_a_whole_number(self, network: Network) -> None:
        graph = network("- conv: 8\n  repeat: $count / 2\n- relu", head="params: {count: 3}\n")
        assert faults(graph) == [("L003", 6)]
        assert graph.diagnostics[0].message == "`repeat` must come to an integer from 0, not 1.5"
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

    def test_may_ask_what_enters(self, network: Network) -> None:
        layers = "- conv: 4\n  when: $in.channels != 4\n- conv: 4\n  when: $in.channels != 4"
        assert len(network(layers).layers) == 1

    def test_may_ask_which_repetition_it_is(self, network: Network) -> None:
        graph = network("- sequence:\n    - conv: 4\n    - maxpool: 2\n      when: $i % 2 == 1\n  repeat: 4")
        assert [node.kind for node in graph.layers].count("maxpool") == 2

    @pytest.mark.parametrize("when", ["1", "yes please", "[true]"])
    def test_must_be_true_or_false(self, network: Network, when: str) -> None:
        assert faults(network(f"- relu:\n  when: {when}")) == [("L003", 5)]

    def test_must_come_to_true_or_false(self, network: Network) -> None:
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

    def test_a_word_that_is_none_gets_the_nearest(self, network: Network) -> None:
        graph = network("- relu:\n  only: train")
        assert [(item.code, item.help) for item in graph.diagnostics] == [
            ("L003", "did you mean `training`?")
        ]

    def test_a_name_left_out_can_not_be_read(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: aux\n  only: training\n- relu:\n  from: aux")
        assert [item.code for item in graph.diagnostics] == ["L011"]
        assert "left out" in graph.diagnostics[0].message

    def test_an_output_left_out_is_none(self, network: Network) -> None:
        layers = "- conv: 4\n  name: main\n- sequence:\n    - relu\n    - conv: 5\n      name: aux\n"
        layers += "  only: training"
        for mode, outputs in (("inference", ["main"]), ("training", ["main", "aux"])):
            graph = network(layers, head="outputs: [main, aux]\n", mode=mode)
            assert faults(graph) == []
            assert [graph.nodes[at].name for at in graph.outputs] == outputs


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

    def test_inside_a_block_its_own_names_come_first(self, network: Network) -> None:
        head = "blocks:\n  unit:\n    layers:\n      - conv: 4\n        name: a\n      - conv: 5\n"
        head += "      - relu:\n        from: a\n      - relu:\n        from: b\n"
        graph = network("- conv: 6\n  name: a\n- conv: 7\n  name: b\n- unit", head=head)
        assert [str(node.shape) for node in graph.layers[-2:]] == ["8x8x4", "8x8x7"]

    def test_may_be_made_of_parameters(self, network: Network) -> None:
        head = "blocks:\n  tap:\n    params: {at: required}\n    layers:\n      - relu:\n        from: $at\n"
        graph = network("- conv: 6\n  name: a\n- conv: 7\n- tap: a", head=head)
        assert str(graph.nodes[-1].shape) == "8x8x6"

    def test_an_unknown_name_gets_the_nearest(self, network: Network) -> None:
        graph = network("- conv: 4\n  name: stem\n- relu:\n  from: steem")
        assert [(item.code, item.help) for item in graph.diagnostics] == [("L011", "did you mean `stem`?")]
        assert [fix.edits[0].text for fix in graph.diagnostics[0].fixes] == ["stem"]

    def test_a_later_name_is_unknown(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: stem\n- conv: 4\n  name: stem")) == [("L011", 5)]

    def test_must_be_a_name(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: 3")) == [("L003", 5)]

    def test_can_not_ask_what_enters(self, network: Network) -> None:
        assert faults(network("- relu:\n  from: $in.channels")) == [("L009", 5)]


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


@pytest.mark.parametrize("key", ["name: a", "repeat: 2", "expect: 8x8x3", "when: true", "only: inference"])
@pytest.mark.parametrize(
    "item",
    ["relu", "conv: 3", "unit", "sequence: [relu]", "residual: [relu]", "add: [prev, [relu]]"],
)
def test_every_control_key_stands_beside_every_kind_of_item(network: Network, key: str, item: str) -> None:
    head = "blocks:\n  unit:\n    layers: [relu]\n"
    item = item if ":" in item else f"{item}:"
    for written in (f"- {item}\n  {key}", f"- {key}\n  {item}"):
        assert faults(network(f"- unit\n{written}", head=head)) == []


def test_unknown_layers_are_counted_not_told(network: Network) -> None:
    graph = network("- convv: 3\n- conv: 4\n- maxpool: 2\n- flatten\n- fc: 10\n  expect: 10")
    assert faults(graph) == [("L002", 4)]
    assert graph.not_checked == 4
    assert not graph.ok


def test_layers_are_known_again_after_a_known_shape(network: Network) -> None:
    graph = network("- convv: 3\n- fc: 10\n- conv: 4\n  from: input\n- fc: 10")
    assert faults(graph) == [("L002", 4), ("S009", 8)]
