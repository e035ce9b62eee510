"""A draft becomes a flat spec, whose graph has the draft's layers."""

import pytest

import cnncalc
from cnncalc.importers import Draft, DraftNode, document, matching, text
from cnncalc.shape import Shape

RESIDUAL = Draft(
    "net",
    {"input": Shape(3, (8, 8))},
    [
        DraftNode("a", "conv", {"filters": 4, "kernel": 3, "padding": 1}, ("input",)),
        DraftNode("b", "relu", {}, ("a",)),
        DraftNode("c", "conv", {"filters": 4}, ("b",)),
        DraftNode("d", "add", {}, ("c", "a")),
        DraftNode("e", "conv", {"filters": 4}, ("a",), shares="c"),
        DraftNode("f", "concat", {"over": "height"}, ("d", "e")),
    ],
    ("d", "f"),
)


def test_a_draft_is_a_spec() -> None:
    graph = cnncalc.load(document(RESIDUAL))
    assert graph.ok
    assert [node.name for node in graph.layers] == ["a", "b", "c", "d", "e", "f"]
    assert [graph.nodes[index].name for index in graph["d"].inputs] == ["c", "a"]
    assert graph["e"].owner == graph["c"].index
    assert str(graph["f"].shape) == "16x8x4"
    assert [graph.nodes[index].name for index in graph.outputs] == ["d", "f"]


def test_the_text_is_the_same_network_as_the_document() -> None:
    written = cnncalc.load(text(document(RESIDUAL)))
    assert matching(cnncalc.load(document(RESIDUAL)), written) == {index: index for index in range(7)}


def test_a_draft_out_of_order_is_refused() -> None:
    wrong = Draft("net", {"input": Shape(3, (8, 8))}, list(reversed(RESIDUAL.nodes)), ("a",))
    with pytest.raises(ValueError, match="which is not before it"):
        document(wrong)
