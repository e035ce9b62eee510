"""`next` beside a repeated block: layers of one repetition are the arguments of the next one."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
HEAD = """blocks:
  pair:
    params: {hi: required, lo: required, act: relu}
    layers:
      - conv: {filters: 4, act: $act}
        from: $hi
        name: h
      - conv: 6
        from: $lo
        name: out_lo
      - conv: 4
        from: h
        name: out_hi
      - dropout
        when: $in.channels > 100
        name: gone
"""
STEM = "- {conv: 4, name: a}\n- {conv: 6, name: b}\n"
USE = "- pair: {hi: a, lo: b}\n  name: p\n  repeat: 3\n  next: "


def read_by(graph: Graph, name: str) -> str:
    return graph.nodes[graph[name].inputs[0]].name


def errors(graph: Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


HEAD = HEAD.replace("      - dropout\n        when", "      - dropout:\n        when")


def test_later_repetitions_read_the_layers_of_the_one_before(network: Network) -> None:
    graph = network(STEM + USE + "{hi: out_hi, lo: out_lo}\n- conv: 2\n  from: p.out_lo", head=HEAD)
    assert errors(graph) == []
    assert [read_by(graph, f"p_{k}.h") for k in (1, 2, 3)] == ["a", "p_1.out_hi", "p_2.out_hi"]
    assert [read_by(graph, f"p_{k}.out_lo") for k in (1, 2, 3)] == ["b", "p_1.out_lo", "p_2.out_lo"]
    assert read_by(graph, "conv1") == "p_3.out_lo"


def test_what_it_does_not_name_stays(network: Network) -> None:
    graph = network(STEM + USE + "{hi: out_hi}", head=HEAD)
    assert [read_by(graph, f"p_{k}.out_lo") for k in (1, 2, 3)] == ["b", "b", "b"]


def test_names_mean_layers_of_the_repetition_and_not_of_the_network(network: Network) -> None:
    graph = network(STEM + "- {conv: 4, name: out_hi}\n" + USE + "{hi: out_hi, lo: out_lo}", head=HEAD)
    assert read_by(graph, "p_2.h") == "p_1.out_hi"


@pytest.mark.parametrize(("word", "node"), [("prev", "p_1.out_hi"), ("in", "b"), ("h", "p_1.h")])
def test_reserved_words_are_those_of_the_repetition(network: Network, word: str, node: str) -> None:
    graph = network(STEM + USE + f"{{hi: {word}}}", head=HEAD)
    assert errors(graph) == []
    # The activation that follows a named layer is a part of it.
    assert read_by(graph, "p_2.h") in (node, f"{node}.relu")


def test_stands_beside_first(network: Network) -> None:
    layers = STEM + "- pair: {hi: a, lo: b}\n  repeat: 2\n  first: {act: tanh}\n  next: {hi: out_hi}"
    graph = network(layers, head=HEAD)
    assert [node.kind for node in graph.layers if node.name.endswith(("relu", "tanh"))] == ["tanh", "relu"]


def test_a_name_passes_through_blocks(network: Network) -> None:
    head = (
        HEAD
        + "  around:\n    params: {x: required}\n    layers:\n      - pair: {hi: $x, lo: b}\n        name: inner\n"
    )
    graph = network(STEM + "- around: a\n  repeat: 2\n  next: {x: inner.out_hi}", head=head)
    assert errors(graph) == []
    assert read_by(graph, "around2.inner.h") == "around1.inner.out_hi"


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ("{hi: a}", "L011", "`next` names layers of the repetition before, and `p_1` has no `a`"),
        (
            "{hi: out_high}",
            "L011",
            "`next` names layers of the repetition before, and `p_1` has no `out_high`",
        ),
        ("{hi: gone}", "L011", "`next` names layers of the repetition before, and `p_1` has no `gone`"),
        ("{up: out_hi}", "L001", "block `pair` has no parameter `up`"),
        ("{hi: 3}", "L003", "`hi` in `next` must be the name of a layer inside the block, not 3"),
        (
            "{hi: [h]}",
            "L003",
            "`hi` in `next` must be the name of a layer inside the block, not a list or mapping",
        ),
        ("out_hi", "L003", "`next` must be a mapping from parameter to the name of a layer inside the block"),
        ("{}", "L003", "`next` must be a mapping from parameter to the name of a layer inside the block"),
    ],
)
def test_what_is_no_layer_of_the_repetition(network: Network, given: str, code: str, message: str) -> None:
    assert (code, message) in errors(network(STEM + USE + given, head=HEAD))


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("- conv: 3\n  repeat: 2\n  next: {hi: h}", "`next` goes beside a block, not `conv`"),
        (
            "- pair: {hi: a, lo: b}\n  next: {hi: h}",
            "`next` is for the repetitions after the first, but there is no `repeat` here",
        ),
    ],
)
def test_goes_beside_a_repeated_block(network: Network, item: str, message: str) -> None:
    graph = network(STEM + item + ("\n- pair: {hi: a, lo: b}" if "conv" in item else ""), head=HEAD)
    assert ("L023", message) in errors(graph)


def test_a_block_may_still_be_called_next(network: Network) -> None:
    graph = network(
        "- next: 4\n- next: 5\n  repeat: 2", head="blocks: {next: {params: {n: 1}, layers: [conv: $n]}}\n"
    )
    assert errors(graph) == []
    assert [node.name for node in graph.layers] == ["next1.conv1", "next2.conv1", "next3.conv1"]
