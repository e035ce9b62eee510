"""Module calls of a source, stated in a folded document: it holds at each moment what the flat one holds."""

import pytest
from hypothesis import given, settings

import cnncalc
from cnncalc.folding import fold
from cnncalc.graph import Graph
from cnncalc.importers import Draft, DraftNode, Scope, document, matching, text
from cnncalc.memory import Estimate, Setup
from cnncalc.shape import Shape
from tests._depth import cases
from tests.folding.test_fold_random import LAX, drafts


def held(graph: Graph) -> list[int]:
    """The bytes at each layer of a prediction."""
    assert graph.ok, [item.message for item in graph.diagnostics]
    moments = Estimate(graph, Setup(mode="inference", holders="modules")).timeline(2)
    return [moment.most for moment in moments]


@settings(max_examples=cases(25, 200), suppress_health_check=LAX)
@given(drafts())
def test_random_networks_hold_the_same_folded_or_flat(draft: Draft) -> None:
    flat = cnncalc.load(text(document(draft, modules=True)))
    folded = cnncalc.load(text(fold(draft, modules=True)))
    assert matching(cnncalc.load(document(draft)), flat) is not None
    assert held(folded) == held(flat)


def network(*calls: tuple[str, str]) -> Draft:
    """Convolutions one after another, each in the calls of two paths; an empty one is none."""
    nodes: list[DraftNode] = []
    for number, (outer, inner) in enumerate(calls):
        around = [(outer, "Unit"), (f"{outer}.{inner}", "Part")] if inner else [(outer, "Unit")]
        scopes = tuple(Scope(path, kind) for path, kind in around if path)
        before = nodes[-1].name if nodes else "input"
        nodes.append(DraftNode(f"n{number}", "conv", {"filters": 4 + number}, (before,), scopes=scopes))
    return Draft("Net", {"input": Shape(3, (8, 8))}, nodes, (nodes[-1].name,))


@pytest.mark.parametrize(
    ("calls", "stated"),
    [
        # What holds the network's input holds nothing else.
        ([("a", ""), ("a", ""), ("", "")], 0),
        ([("", ""), ("a", ""), ("a", "")], 1),
        # One layer holds its input anyway.
        ([("", ""), ("a", ""), ("", "")], 0),
        # The call inside holds what the one around it holds.
        ([("", ""), ("a", "x"), ("a", "x"), ("a", "")], 1),
        ([("", ""), ("a", ""), ("a", "x"), ("a", "x")], 2),
    ],
)
def test_only_calls_that_hold_something_are_stated(calls: list[tuple[str, str]], stated: int) -> None:
    written = text(document(network(*calls), modules=True))
    assert written.count("module: true") == stated
    assert "module" not in text(document(network(*calls)))


def test_a_call_across_branches_makes_the_document_flat() -> None:
    """No list of items has what the call has: one layer before a sum, and the sum."""
    unit = (Scope("unit", "Unit"),)
    nodes = [
        DraftNode("a", "conv", {"filters": 4}, ("input",)),
        DraftNode("b", "conv", {"filters": 4}, ("a",)),
        DraftNode("c", "conv", {"filters": 4}, ("b",), scopes=unit),
        DraftNode("d", "add", {}, ("c", "a"), scopes=unit),
        DraftNode("e", "relu", {}, ("d",)),
    ]
    draft = Draft("Net", {"input": Shape(3, (8, 8))}, nodes, ("e",))
    assert fold(draft, modules=True) == document(draft, modules=True)
    assert "residual" in text(fold(draft))
