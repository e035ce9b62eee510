"""Entries of a list of layers: what is one, and what is said of what is none."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize(
    "item",
    ["3", "null", "~", "[relu]", "{}", "true", "[]", "{name: a}", "{repeat: 2, name: a}", "{conv: 3, relu: }",
     "{conv: 3, kernel: 3}", "{conv: 3, kernel: 3, stride: 2}"],
)  # fmt: skip
def test_malformed(network: Network, item: str) -> None:
    graph = network(f"- {item}\n- relu")
    assert [item.code for item in graph.diagnostics] == ["L006"]
    assert graph.not_checked == 1


def test_parameters_beside_a_layer_are_shown_inside_it(network: Network) -> None:
    (item,) = network("- conv: 64\n  kernel: 3\n  stride: 2").diagnostics
    assert item.message == "`kernel` and `stride` beside `conv`: parameters of a layer go inside it"
    assert item.help == "write `conv: {kernel: ..., stride: ...}`"


def test_two_layers_in_one_item(network: Network) -> None:
    (item,) = network("- conv: 64\n  maxpool: 2").diagnostics
    assert item.message == "one item, several layers: `conv` and `maxpool`"


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("covn", "conv"),
        ("Conv", "conv"),
        ("conv2d", "conv"),
        ("Conv2d", "conv"),
        ("convolution", "conv"),
        ("max_pool", "maxpool"),
        ("MaxPool2d", "maxpool"),
        ("pool", "maxpool"),
        ("global-avgpool", "global_avgpool"),
        ("AdaptiveAvgPool2d", "adaptive_avgpool"),
        ("Linear", "fc"),
        ("dense", "fc"),
        ("BatchNorm2d", "bn"),
        ("batch_norm", "bn"),
        ("ReLU", "relu"),
        ("droput", "dropout"),
        ("cat", "concat"),
        ("seqence", "sequence"),
        ("residuals", "residual"),
        ("untt", "unit"),
    ],
)
def test_an_unknown_word_gets_the_nearest(network: Network, word: str, nearest: str) -> None:
    head = "blocks: {unit: {layers: [relu]}}\n"
    graph = network(f"- unit\n- {word}: 3", head=head)
    (item,) = graph.diagnostics
    assert (item.code, item.help) == ("L002", f"did you mean `{nearest}`?")
    assert [fix.edits[0].text for fix in item.fixes] == [nearest]


def test_a_word_like_none_gets_none(network: Network) -> None:
    (item,) = network("- qqqqqq").diagnostics
    assert (item.code, item.help, item.fixes) == ("L002", None, ())


@pytest.mark.parametrize(
    ("fields", "help"),
    [
        ("filter: 4", "did you mean `filters`?"),
        ("filters: 4, out_channels: 3", "did you mean `filters`?"),
        ("filters: 4, kernel_size: 3", "did you mean `kernel`?"),
        ("filters: 4, pading: 3", "did you mean `padding`?"),
        ("filters: 4, activation: relu", None),
    ],
)
def test_an_unknown_parameter_gets_the_nearest(network: Network, fields: str, help: str | None) -> None:
    (item,) = network(f"- conv: {{{fields}}}").diagnostics
    assert item.code == "L001"
    if help:
        assert item.help == help
    else:
        assert item.help is not None


def test_what_a_layer_needs_is_named_with_its_letter(network: Network) -> None:
    (item,) = network("- conv: {kernel: 3}").diagnostics
    assert item.code == "L004"
    assert item.message.startswith("`conv` needs `filters` (K)")
    assert item.help == "write `conv: ...` or `conv: {filters: ...}` with an integer from 1"


@pytest.mark.parametrize("item", ["relu: 3", "flatten: 2", "identity: x"])
def test_a_value_where_there_is_no_main_parameter(network: Network, item: str) -> None:
    assert [item.code for item in network(f"- {item}").diagnostics] == ["L003"]


@pytest.mark.parametrize("name", ["a", "A-1", "stem.conv", "_x", "3a", "a" * 100])
def test_names(network: Network, name: str) -> None:
    graph = network(f"- relu:\n  name: {name}")
    assert [node.name for node in graph.layers] == [name]
    assert graph.ok


@pytest.mark.parametrize("name", ["my stem", "-a", "a.", "a/b", "é", "a" * 101, "[/red]", "prev", "$x", '""'])
def test_no_names(network: Network, name: str) -> None:
    written = name if name == '""' else f'"{name}"'
    assert [item.code for item in network(f"- relu:\n  name: {written}").diagnostics] == ["L017"]


def test_a_name_is_given_once_in_a_scope(network: Network) -> None:
    graph = network("- conv: 3\n  name: a\n- sequence:\n    - conv: 3\n      name: a")
    (item,) = graph.diagnostics
    assert (item.code, item.span.line) == ("L012", 8)
    assert [note.span.line for note in item.notes if note.span] == [5]


def test_and_may_be_given_again_in_a_block(network: Network) -> None:
    head = "blocks:\n  unit:\n    layers:\n      - conv: 3\n        name: a\n"
    graph = network("- conv: 3\n  name: a\n- unit\n- unit", head=head)
    assert [node.name for node in graph.layers] == ["a", "unit1.a", "unit2.a"]
    assert graph.ok
