"""`over` and `keep`, numbers as operands, and broadcasting: shapes worked out by hand, and what does not fit."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.graph import Graph
from cnncalc.layers import operand_words

Network: TypeAlias = Callable[..., Graph]


def shape(layer: str, input: str = "12x10x8") -> str:
    graph = cnncalc.load(f"cnncalc: 1\ninput: {input}\nlayers:\n  - {layer}\n")
    assert not graph.diagnostics, [item.message for item in graph.diagnostics]
    return str(graph.nodes[-1].shape)


def findings(layers: str) -> list[Diagnostic]:
    return list(cnncalc.load(f"cnncalc: 1\ninput: 12x10x8\nlayers:\n{layers}").diagnostics)


@pytest.mark.parametrize(
    ("layer", "result"),
    [
        ("mean", "8"),
        ("mean: all", "8"),
        ("mean: {axis: height}", "10x8"),
        ("mean: {over: height}", "10x8"),
        ("mean: {over: height, keep: true}", "1x10x8"),
        ("max: channels", "12x10x1"),
        ("sum: [channels, width]", "12x1"),
        ("std: [channels, positions]", "1"),
        ("vector_norm: {p: 2, over: positions, keep: true}", "1x1x8"),
        ("softmax: positions", "12x10x8"),
        ("concat: {of: [[], [crop: {size: [2, 10]}]], over: height}", "14x10x8"),
        ("self_attention: {heads: 2, over: width}", "12x10x8"),
    ],
)
def test_axes_give_the_shapes_that_they_say(layer: str, result: str) -> None:
    assert shape(layer) == result


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("mul: [prev, 0.1]", ("input", "0.1")),
        ("sub: [1, prev]", ("1", "input")),
        ("div: [prev, $in.channels]", ("input", "8")),
        ("maximum: [0, prev, in]", ("0", "input", "input")),
    ],
)
def test_numbers_keep_their_places(layer: str, words: tuple[str, ...]) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 12x10x8\nlayers:\n  - {layer}\n")
    (node,) = graph.layers
    assert node.fit is not None
    assert operand_words(node.fit.layer, [graph.nodes[index].name for index in node.inputs]) == words


def test_a_parameter_is_the_number_or_the_name_that_it_holds(network: Network) -> None:
    block = "blocks:\n  join:\n    params: {by: required}\n    layers:\n      - mul: [prev, $by]\n"
    graph = network("- relu:\n  name: a\n- join: {by: 0.5}\n- join: {by: a}", head=block)
    assert [node.inputs for node in graph.layers] == [(0,), (1,), (2, 1)]


def test_what_is_expanded_is_the_same_network() -> None:
    text = "cnncalc: 1\ninput: 12x10x8\nlayers:\n  - sub: [1, prev]\n  - mul: [prev, [global_avgpool], 0.5]\n"
    from cnncalc.render.expansion import expansion

    again = "".join(expansion(cnncalc.load(text)))
    graph, other = cnncalc.load(text), cnncalc.load(again)
    assert [(node.fit and node.fit.layer, node.inputs) for node in graph.nodes] == [
        (node.fit and node.fit.layer, node.inputs) for node in other.nodes
    ]


@pytest.mark.parametrize(
    ("layers", "code", "says", "help"),
    [
        ("  - mean: {axis: height, over: width}\n", "L003", "both are given", "remove `axis`"),
        ("  - std: depth\n", "S010", "has no depth", "`over: width`"),
        ("  - concat: {of: [prev, in], over: length}\n", "S010", "has no length", "`over: width`"),
        ("  - self_attention: 2\n", "S010", "1 spatial axis", "`over: width`"),
        ("  - sub: [1, 2]\n", "L021", "all operands of `sub` are numbers", "`sub: [prev, 2]`"),
        ("  - concat: [prev, 2]\n", "L006", "not a number: 2", "write `c3` here"),
        ("  - div: [prev, 0]\n", "S025", "operand 2 is the number 0", "another number"),
        ("  - pow: [-2, prev]\n", "S025", "the base is the number -2", "write 2"),
        ("  - pow: [prev, 2, 2]\n", "S025", "there are 3 operands", "`pow: [[pow: [a, b]], c]`"),
        ("  - clamp: {min: 2, max: 1}\n", "S021", "no value lies between", "`clamp: {min: 1, max: 2}`"),
        ("  - clamp\n", "S018", "neither `min` nor `max`", "`clamp: {min: 0}`"),
        ("  - crop: {size: [1, 10]}\n  - std: height\n", "S024", "1 - 1 = 0", "`correction: 0`"),
        ("  - residual: [global_avgpool, conv: 8]\n", "S008", "1 and 12 in height", "`shortcut: project`"),
        ("  - sub: [prev, [conv: 3]]\n", "S008", "8 and 3 in channels", None),
        (
            "  - sub: [prev, [conv: 3, crop: {size: [8, 8]}]]\n",
            "S008",
            "the operands are 12x10x8 and 8x8x3: channels, height and width differ",
            None,
        ),
        ("  - mul: [[max: channels], [global_avgpool]]\n", "S026", "12x10x1 and 1x1x8", "allow: {S026"),
    ],
)
def test_what_does_not_fit_is_reported_with_its_numbers(
    layers: str, code: str, says: str, help: str | None
) -> None:
    (item,) = [item for item in findings(layers) if item.code == code]
    assert says in item.message
    assert help is None or help in str(item.help)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("mean: hight", "mean: height"),
        (
            "crop: {size: [1, 10]}\n  - std: {over: height, correction: 3}",
            "crop: {size: [1, 10]}\n  - std: {over: height, correction: 0}",
        ),
    ],
)
def test_a_fix_gives_a_spec_without_the_finding(wrong: str, right: str) -> None:
    text = f"cnncalc: 1\ninput: 12x10x8\nlayers:\n  - {wrong}\n"
    (item,) = cnncalc.load(text).diagnostics
    (fix,) = item.fixes
    assert edited(text, fix) == f"cnncalc: 1\ninput: 12x10x8\nlayers:\n  - {right}\n"


def test_defaults_may_use_one_word_and_the_layer_the_other(network: Network) -> None:
    graph = network("- mean: {over: width}", head="defaults: {mean: {axis: height}}\n")
    assert not graph.diagnostics
    assert len(graph.layers) == 1
