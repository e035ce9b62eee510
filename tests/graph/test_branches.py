"""Branches, bodies and shortcuts that lose their first item still read what that says."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph
from tests._each import each
from tests.graph.test_arguments import reads

Network: TypeAlias = Callable[..., Graph]
TOP = "- conv: 3\n  name: a\n- conv: 3\n  name: b\n- conv: 3\n  name: c\n"


@each(
    "lost",
    [
        "when: false",
        "when: $deep",
        "when: $in.channels > 9",
        "only: training",
        "repeat: 0",
        "repeat: 2 * $none",
    ],
)
@each(
    ("item", "names", "read"),
    [
        ("add: [prev, [{relu: , from: a, LOST}]]", "add1", ["c", "a"]),
        ("add: [[{relu: , from: a, LOST}], [{relu: , from: b, LOST}]]", "add1", ["a", "b"]),
        ("concat: [b, [{relu: , from: a, LOST}, tanh]]", "tanh1", ["a"]),
        ("add: [prev, [{relu: , from: a, LOST}, {tanh: , LOST}]]", "add1", ["c", "a"]),
        ("add: [prev, [{sequence: [{relu: , from: a}], LOST}]]", "add1", ["c", "a"]),
        ("add: [prev, [{sequence: [{relu: , from: a, LOST}]}]]", "add1", ["c", "a"]),
        ("add: [prev, [{sequence: [{relu: , from: a, LOST}], from: b}]]", "add1", ["c", "a"]),
        ("residual: [{relu: , from: a, LOST}]", "add1", ["a", "c"]),
        ("{residual: [conv: 3], shortcut: [{relu: , from: a, LOST}]}", "add1", ["conv1", "a"]),
        # What is no first item is as before.
        ("add: [b, [tanh, {relu: , from: a, LOST}]]", "add1", ["b", "tanh1"]),
        ("add: [b, [{relu: , LOST}, {relu: , from: a, name: r}]]", "r", ["a"]),
        ("sequence: [{relu: , from: a, when: false}, tanh]", "tanh1", ["c"]),
    ],
)
def test_read_what_the_first_item_says(
    network: Network, lost: str, item: str, names: str, read: list[str]
) -> None:
    if lost.startswith("repeat") and "[tanh, {relu" in item:
        pytest.skip("an item of no repetition gives what it reads, as ever")
    graph = network(f"{TOP}- {item.replace('LOST', lost)}", head="params: {deep: false, none: 0}\n")
    assert reads(graph, names) == read


def test_what_is_left_out_itself_is_skipped(network: Network) -> None:
    layers = (
        f"{TOP}- relu:\n  name: late\n  only: training\n- add: [a, [{{relu: , from: late, only: training}}]]"
    )
    assert reads(network(layers), "add1") == ["a", "c"]


def test_a_name_that_is_not_there_is_a_fault(network: Network) -> None:
    (item,) = network(f"{TOP}- add: [prev, [{{relu: , from: A, when: false}}]]").diagnostics
    assert (item.code, item.help) == ("L011", "did you mean `a`?")
