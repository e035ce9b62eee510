"""`share` beside a use of a block, and `share: self` beside `repeat`."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
UNIT = """blocks:
  unit:
    params: {width: 3, kernel: 3, extra: false}
    layers:
      - conv: {filters: $width, kernel: $kernel, padding: half, norm: bn, act: prelu}
      - residual: [conv: {filters: 3, kernel: 1}]
        shortcut: project
      - conv: 3
        when: $extra
"""


def faults(graph: Graph) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


def owners(graph: Graph) -> dict[str, str]:
    return {node.name: graph.nodes[node.owner].name for node in graph.layers if node.owner != node.index}


def built(network: Network, layers: str, **more: str) -> Graph:
    return network(layers, head=UNIT, **more)


def test_every_layer_uses_the_weights_of_the_one_with_its_name(network: Network) -> None:
    graph = built(network, "- unit: 8\n  name: left\n- unit: 8\n  from: in\n  name: right\n  share: left")
    assert faults(graph) == []
    assert owners(graph) == {
        f"right.{inside}": f"left.{inside}"
        for inside in ("conv1", "conv1.bn", "conv1.prelu", "conv2", "project1")
    }
    alone = built(network, "- unit: 8")
    assert cnncalc.analyse(graph).totals.params == cnncalc.analyse(alone).totals.params
    assert cnncalc.analyse(graph).totals.buffers == cnncalc.analyse(alone).totals.buffers
    assert cnncalc.analyse(graph).totals.macs == 2 * (cnncalc.analyse(alone).totals.macs or 0)


def test_over_inputs_of_other_sizes(network: Network) -> None:
    graph = built(network, "- unit\n- maxpool: 2\n- unit:\n  share: unit1")
    assert faults(graph) == []
    assert owners(graph)["unit2.conv1"] == "unit1.conv1"


def test_blocks_in_it_are_shared_too(network: Network) -> None:
    head = UNIT + "  two:\n    layers:\n      - unit:\n        repeat: 2\n      - conv: 3\n"
    graph = network("- two\n- two:\n  share: two1", head=head)
    assert faults(graph) == []
    assert owners(graph)["two2.unit2.conv1.bn"] == "two1.unit2.conv1.bn"
    assert owners(graph)["two2.conv1"] == "two1.conv1"


def test_what_a_layer_in_it_says_counts_more(network: Network) -> None:
    head = "blocks:\n  tied:\n    layers:\n      - {conv: 3, name: a}\n      - {conv: 3, name: b, share: a}\n"
    graph = network("- tied\n- tied:\n  share: tied1", head=head)
    assert owners(graph) == dict.fromkeys(("tied1.b", "tied2.a", "tied2.b"), "tied1.a")


@pytest.mark.parametrize(
    ("repeat", "lenders"),
    [(2, ["left_1", "left_2"]), (3, ["left_2", "left_2", "left_2"]), (1, ["left_2"])],
    ids=["as many", "more", "fewer"],
)
def test_repetition_by_repetition_where_the_counts_agree(
    network: Network, repeat: int, lenders: list[str]
) -> None:
    graph = built(network, f"- unit:\n  name: left\n  repeat: 2\n- unit:\n  share: left\n  repeat: {repeat}")
    assert faults(graph) == []
    names = [name for name in owners(graph) if name.endswith(".conv1")]
    assert [owners(graph)[name] for name in names] == [f"{lender}.conv1" for lender in lenders]


def test_layers_too_share_repetition_by_repetition(network: Network) -> None:
    conv = "- conv: {filters: 3, norm: bn}\n  repeat: 2\n"
    graph = network(f"{conv}  name: a\n{conv}  share: a\n  name: b")
    assert owners(graph) == {"b_1": "a_1", "b_2": "a_2"}


def test_self_ties_all_repetitions_to_the_first(network: Network) -> None:
    graph = built(network, "- unit:\n  repeat: 3\n  share: self\n- conv: 3\n  repeat: 3\n  share: self")
    assert faults(graph) == []
    assert owners(graph)["unit3.conv1.bn"] == "unit1.conv1.bn"
    assert owners(graph)["conv3"] == "conv1"
    once = built(network, "- unit\n- conv: 3")
    assert cnncalc.analyse(graph).totals.params == cnncalc.analyse(once).totals.params


def test_of_a_layer_that_is_named_self_is_that_layer(network: Network) -> None:
    graph = network("- conv: 3\n  name: self\n- conv: 3\n  repeat: 2\n  share: self")
    assert owners(graph) == {"conv1": "self", "conv2": "self"}


def test_self_without_repeat_says_so(network: Network) -> None:
    (fault,) = built(network, "- unit\n- unit:\n  share: self").diagnostics
    assert fault.code == "L011"
    assert "put `repeat` beside it" in (fault.help or "")


@pytest.mark.parametrize("path", ["left.conv1", "left_2.conv1"])
def test_a_path_into_a_block(network: Network, path: str) -> None:
    graph = built(
        network,
        "- unit:\n  name: left\n  repeat: 2\n"
        f"- conv: {{filters: 3, kernel: 3, padding: 1, bias: false}}\n  share: {path}",
    )
    assert faults(graph) == []
    assert owners(graph) == {"conv1": "left_2.conv1"}


def test_a_path_to_a_block_in_a_block(network: Network) -> None:
    head = UNIT + "  two:\n    layers:\n      - unit:\n        repeat: 2\n        name: inner\n"
    graph = network("- two:\n  name: a\n- unit:\n  repeat: 2\n  share: a.inner\n  name: b", head=head)
    assert owners(graph)["b_1.conv1"] == "a.inner_1.conv1"
    assert owners(graph)["b_2.conv1"] == "a.inner_2.conv1"


@pytest.mark.parametrize(
    ("use", "message"),
    [
        (
            "unit: {width: 8}",
            "the weights differ: `weight` is (8, 3, 3, 3) in `right.conv1` and (3, 3, 3, 3) in `left.conv1`",
        ),
        ("unit: {extra: true}", "`right.conv3` has weights, and `left` has no `conv3` that it could share"),
        ("other:", "`right.fc1` has weights, and `left` has no `fc1` that it could share"),
        (
            "odd:",
            "`right.conv1` is depthwise_conv and `left.conv1` is conv: layers of different types can't share weights",
        ),
    ],
    ids=["another shape", "no twin", "another block", "another type"],
)
def test_weights_that_do_not_fit_name_both_places(network: Network, use: str, message: str) -> None:
    head = UNIT + "  other: {layers: [fc: 3]}\n  odd: {layers: [{depthwise_conv: 3, name: conv1}]}\n"
    graph = network(f"- unit:\n  name: left\n- {use}\n  from: in\n  name: right\n  share: left", head=head)
    fault = next(item for item in graph.diagnostics if item.code == "S103")
    assert fault.message == message
    assert any("`left` is used at line" in note.text for note in fault.notes)
    assert cnncalc.analyse(graph).totals.params is None


@pytest.mark.parametrize("word", ["stem", "in", "conv1"])
def test_a_block_can_share_a_block_only(network: Network, word: str) -> None:
    graph = built(network, f"- conv: 3\n  name: stem\n- conv: 3\n- unit:\n  share: {word}")
    assert [code for code, _ in faults(graph)] == ["S103"]
    assert "can use the weights of another use of a block only" in graph.diagnostics[0].message


def test_must_name_an_earlier_use(network: Network) -> None:
    assert [code for code, _ in faults(built(network, "- unit:\n  share: b\n- unit:\n  name: b"))] == ["L011"]


def test_of_an_unknown_block_reports_its_error_only(network: Network) -> None:
    head = UNIT.replace("filters: $width", 'filters: "$width / 2"')
    graph = network("- unit:\n  name: a\n- unit:\n  share: a", head=head)
    assert {code for code, _ in faults(graph)} == {"L003"}


def test_beside_a_structure_is_an_error(network: Network) -> None:
    graph = network("- conv: 3\n  name: a\n- sequence: [conv: 3]\n  share: a")
    assert [item.message for item in graph.diagnostics] == [
        "`share` goes beside a layer or a block, not `sequence`"
    ]
