"""How `attention` is written: its operands, or none; one value; shared weights; and what is wrong with it."""

import pytest

import cnncalc
from cnncalc.diagnostic import edited
from cnncalc.graph import Graph, Node

HEAD = "cnncalc: 1\ninput: {length: 6, channels: 8}\nlayers:\n"


def graph_of(items: str, head: str = HEAD) -> Graph:
    graph = cnncalc.load(head + items)
    assert graph.ok, graph.diagnostics
    return graph


def last(items: str, head: str = HEAD) -> Node:
    return graph_of(items, head).nodes[-1]


def reads(items: str) -> list[str]:
    """The names of what the last layer reads."""
    graph = graph_of(items)
    return [graph.nodes[index].name for index in graph.nodes[-1].inputs]


@pytest.mark.parametrize(
    ("item", "operands"),
    [
        ("attention: 2", ["conv1"]),
        ("attention: {heads: 2}", ["conv1"]),
        ("attention: {of: prev, heads: 2}", ["conv1"]),
        ("attention: {of: [prev], heads: 2}", ["conv1"]),
        ("attention: {of: in, heads: 2}", ["input"]),
        ("attention: {of: [in, prev], heads: 2}", ["input", "conv1"]),
        ("attention: {of: [prev, in, conv1], heads: 2}", ["conv1", "input", "conv1"]),
        ("attention: {of: [[linear: 4], prev], heads: 2}", ["linear1", "conv1"]),
        ("attention: 2\n    from: in", ["input"]),
    ],
)
def test_operands(item: str, operands: list[str]) -> None:
    assert reads(f"  - conv: 8\n  - {item}\n") == operands


@pytest.mark.parametrize("item", ["attention", "attention: [prev]", "attention: [prev, in]"])
def test_heads_by_default(item: str) -> None:
    head = HEAD.replace("layers:", "defaults: {attention: {heads: 4}}\nlayers:")
    node = last(f"  - {item}\n", head)
    assert node.fit is not None
    assert node.fit.layer.heads == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("item", ["attention", "attention: [prev, in]", "attention: {of: prev}"])
def test_heads_are_required(item: str) -> None:
    (error,) = cnncalc.load(f"{HEAD}  - {item}\n").diagnostics
    assert error.code == "L004"
    assert "`heads`" in error.message


def test_no_operands_in_a_list() -> None:
    (error,) = cnncalc.load(f"{HEAD}  - attention: {{of: [], heads: 2}}\n").diagnostics
    assert error.code == "L021"
    assert error.message == "`attention` reads one operand or more, but there is none"


def test_of_several_inputs_one_is_named() -> None:
    head = "cnncalc: 1\ninputs: {a: 6x6x8, b: 6x6x8}\nlayers:\n"
    (error, *_) = cnncalc.load(f"{head}  - attention: 2\n").diagnostics
    assert error.code == "L020"
    graph_of("  - attention: {of: [a, b], heads: 2}\n", head)


def test_repetitions_read_each_other() -> None:
    graph = graph_of("  - attention: 2\n    repeat: 3\n")
    assert [node.inputs for node in graph.layers] == [(0,), (1,), (2,)]


def test_weights_are_shared() -> None:
    items = (
        "  - attention: {of: [in, in], heads: 2}\n    name: first\n"
        "  - attention: {of: [first, in], heads: 2}\n    share: first\n"
    )
    graph = graph_of(items)
    assert graph.nodes[-1].owner == graph.by_name["first"]
    (error,) = cnncalc.load(HEAD + items.replace("[first, in]", "[first]")).diagnostics
    assert error.code == "S103"
    (error,) = cnncalc.load(
        f"{HEAD}  - add: [in, in]\n    share: first\n    allow: {{G012: a test}}\n"
    ).diagnostics
    assert "`share` goes beside a layer or a block" in error.message


def test_all_repetitions_have_the_weights_of_the_first() -> None:
    graph = graph_of("  - attention: 2\n    repeat: 3\n    share: self\n")
    assert {node.owner for node in graph.layers} == {1}


def test_a_value_from_a_block_is_its_operand() -> None:
    items = "  - conv: 8\n    name: memory\n  - conv: 8\n  - decoder: {memory: memory}\n"
    head = HEAD.replace(
        "layers:",
        "blocks:\n  decoder:\n    params: {memory: required}\n    layers:\n"
        "      - residual: [{attention: 2}]\n"
        "      - residual:\n          - attention: {of: [prev, $memory], heads: 2}\nlayers:",
    )
    graph = graph_of(items, head)
    assert [node.kind for node in graph.layers].count("attention") == 2
    cross = graph.nodes[graph.by_name["decoder1.attention2"]]
    assert graph.by_name["memory"] in cross.inputs


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("kdim: 4", "key_width"),
        ("value_dim: 4", "value_width"),
        ("num_heads: 2", "heads"),
        ("is_causal: true", "causal"),
        ("rel_pos_bias: offsets", "relative"),
    ],
)
def test_words_of_other_frameworks(written: str, meant: str) -> None:
    heads = "" if meant == "heads" else "heads: 2, "
    (error, *_) = cnncalc.load(f"{HEAD}  - attention: {{{heads}{written}}}\n").diagnostics
    assert f"`{meant}`" in f"{error.message} {error.help}"


def test_a_word_for_the_table_that_does_not_exist() -> None:
    (error,) = cnncalc.load(f"{HEAD}  - attention: {{heads: 2, relative: offset}}\n").diagnostics
    assert error.code == "L003"
    fixed = edited(f"{HEAD}  - attention: {{heads: 2, relative: offset}}\n", error.fixes[0])
    assert cnncalc.load(fixed).ok


def test_other_frameworks_cross_attention() -> None:
    (error,) = cnncalc.load(f"{HEAD}  - CrossAttention: 2\n").diagnostics
    assert "attention" in f"{error.help}"


def test_expanded_is_the_same_network() -> None:
    from cnncalc.render.expansion import expansion

    graph = graph_of(
        "  - attention: 2\n  - attention: {of: [prev, in], heads: 4, key_width: 3, relative: distances, bias: false}\n"
        "  - attention: {of: [prev, in, in], heads: 2, project: false, scale: 0.25}\n"
    )
    again = cnncalc.load("".join(expansion(graph)))
    assert again.ok
    layers, others = (
        [node.fit and (node.fit.layer, node.inputs) for node in g.layers] for g in (graph, again)
    )
    assert layers == others
