"""A node is made once, with all of its facts, and so is a scope."""

import ast
from pathlib import Path

import pytest

import cnncalc.graph
from cnncalc.graph import Node
from cnncalc.graph.scope import Numbering, Scope
from cnncalc.spec import NOTHING

ROOM = Path(cnncalc.graph.__file__).parent
FACTS = frozenset(Node.__slots__)


def scope() -> Scope:
    return Scope("stage1.", Numbering(frozenset({"conv2"})), NOTHING, NOTHING, None, None, None)


@pytest.mark.parametrize("kind", [Node, Scope])
def test_every_fact_is_final(kind: type) -> None:
    """mypy refuses to assign to it again."""
    file = ROOM / f"{kind.__module__.rpartition('.')[2]}.py"
    (node,) = [
        item
        for item in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(item, ast.ClassDef) and item.name == kind.__name__
    ]
    final = {
        item.target.attr
        for item in ast.walk(node)
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Attribute)
        and isinstance(item.annotation, ast.Name)
        and item.annotation.id == "Final"
    }
    assert final == set(kind.__dict__["__slots__"])


def test_a_node_has_all_of_its_facts_from_the_start() -> None:
    node = Node(3, "conv1", "conv", (0,), None, None)
    assert all(hasattr(node, name) for name in FACTS)
    assert (node.owner, node.accepted, node.learns_unknown) == (3, frozenset(), False)


class TestScope:
    def test_of_a_repetition_leaves_the_outer_one_as_it_is(self) -> None:
        outer = scope()
        inner = outer.repeated(1).repeated(0)
        assert (inner.repetition, inner.suffix) == (0, "_2_1")
        assert (outer.repetition, outer.suffix) == (0, "")

    def test_automatic_names_are_counted_for_all_scopes_of_a_use(self) -> None:
        outer = scope()
        names = [outer.automatic("conv"), outer.deeper().automatic("conv"), outer.automatic("conv")]
        assert names == ["stage1.conv1", "stage1.conv3", "stage1.conv4"]
