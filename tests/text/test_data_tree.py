"""The tree of a dict is the tree of its text, but for the places."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.text import Mapping, Node, Scalar, Sequence, from_text, load
from cnncalc.text.data_tree import tree
from cnncalc.text.from_data import written
from tests._depth import cases

WORDS = st.one_of(
    st.sampled_from(("yes", "null", "1e5", "0x1", "$width * 4", "a, b", "", "-", "std/fire", "1_000", "é")),
    st.text(max_size=8),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), WORDS),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3), st.dictionaries(WORDS.filter(bool), inside, max_size=3)
    ),
    max_leaves=8,
)


def _shown(node: Node | None) -> object:
    """A tree without its places; a number that is not equal to itself as text."""
    if isinstance(node, Scalar):
        return (node.raw, repr(node.value), node.plain, node.doubtful)
    if isinstance(node, Sequence):
        return [_shown(item) for item in node]
    if isinstance(node, Mapping):
        return [(_shown(entry.key), _shown(entry.value)) for entry in node]
    return None


def _of_text(data: dict[str, Any]) -> tuple[object, bool]:
    source, faults = from_text(written(data), "<dict>")
    assert source is not None
    root, more = load(source)
    return _shown(root), not (*faults, *more)


@settings(max_examples=cases(60, 2000))
@given(st.dictionaries(WORDS.filter(bool), VALUES, min_size=1, max_size=3))
def test_the_tree_is_that_of_the_text(data: dict[str, Any]) -> None:
    root = tree(data, "<dict>")
    if root is not None:
        shown, clean = _of_text(data)
        assert clean
        assert _shown(root) == shown


def test_a_spec_has_a_tree() -> None:
    data = {
        "cnncalc": 1,
        "input": "32x32x3",
        "defaults": {"conv": {"padding": "half"}},
        "layers": [{"conv": {"filters": 8, "kernel": [3, 5], "bias": False}}, "relu", {"dropout": 0.5}],
    }
    root = tree(data, "<dict>")
    assert root is not None
    assert (_shown(root), True) == _of_text(data)
    places = [entry.key.span.line for entry in root]
    assert places == sorted(set(places))


def _nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels - 1):
        value = [value]
    return {"deep": value}


def test_the_deepest_text_has_a_tree_and_deeper_ones_have_none() -> None:
    assert _of_text(_nested(32))[1]
    assert tree(_nested(32), "<dict>") is not None
    assert not _of_text(_nested(33))[1]
    assert tree(_nested(33), "<dict>") is None


@pytest.mark.parametrize(
    "value",
    ["a\x00b", 10**400, {1: 2}, list(range(30_000)), Path("a b")],
    ids=lambda value: type(value).__name__,
)
def test_what_only_the_text_can_judge_has_no_tree(value: Any) -> None:
    assert tree({"layers": value}, "<dict>") is None


def test_an_object_that_no_spec_can_contain_is_an_error() -> None:
    with pytest.raises(TypeError):
        tree({"layers": object()}, "<dict>")
