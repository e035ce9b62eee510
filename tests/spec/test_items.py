"""Entries of a list of layers: the words that name items, and the names items have."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("Conv", "conv"),
        ("conv2d", "conv"),
        ("Conv2d", "conv"),
        ("convolution", "conv"),
        ("max_pool", "maxpool"),
        ("MaxPool2d", "maxpool"),
        ("global-avgpool", "global_avgpool"),
        ("AdaptiveAvgPool2d", "adaptive_avgpool"),
        ("Linear", "linear"),
        ("dense", "fc"),
        ("BatchNorm2d", "bn"),
        ("batch_norm", "bn"),
        ("ReLU", "relu"),
        ("cat", "concat"),
    ],
)
def test_a_layer_by_another_name_suggests_its_key(network: Network, word: str, nearest: str) -> None:
    head = "blocks: {unit: {layers: [relu]}}\n"
    graph = network(f"- unit\n- {word}: 3", head=head)
    (item,) = graph.diagnostics
    assert (item.code, item.help) == ("L002", f"did you mean `{nearest}`?")
    assert [fix.edits[0].text for fix in item.fixes] == [nearest]


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("covn", "conv"),
        ("droput", "dropout"),
        ("seqence", "sequence"),
        ("residuals", "residual"),
        ("untt", "unit"),
    ],
)
def test_a_typing_error_suggests_the_nearest_and_no_fix(network: Network, word: str, nearest: str) -> None:
    head = "blocks: {unit: {layers: [relu]}}\n"
    graph = network(f"- unit\n- {word}: 3", head=head)
    (item,) = graph.diagnostics
    assert (item.code, item.help, item.fixes) == ("L002", f"did you mean `{nearest}`?", ())


def test_an_unlike_word_has_no_suggestion(network: Network) -> None:
    (item,) = network("- qqqqqq").diagnostics
    assert (item.code, item.help, item.fixes) == ("L002", None, ())


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
