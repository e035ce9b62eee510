"""Limits: a mistake in a `repeat` is reported before many layers are made."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph
from tests._work import at_most

Network: TypeAlias = Callable[..., Graph]
# Calls: of a network of some thousand layers.
MOST = 2_000_000


@pytest.fixture(autouse=True)
def _little_work() -> Iterator[None]:
    """None of these makes all the layers that the repetitions would give."""
    with at_most(MOST):
        yield


def nested(item: str, levels: int, count: str, key: str = "") -> str:
    """A sequence that repeats so often, in one that does, and so on."""
    text = f"- {item}"
    for _ in range(levels):
        inner = "\n".join(f"    {line}" for line in text.splitlines())
        text = f"- sequence:\n{inner}\n  repeat: {count}\n{key}".rstrip()
    return text


def codes(graph: Graph) -> list[str]:
    return [item.code for item in graph.diagnostics]


@pytest.mark.parametrize(
    "item", ["conv: 3", "relu", "sequence: [relu]", "residual: [relu]", "add: [prev, [relu]]", "unit"]
)
def test_a_repetition_of_10_to_the_12(network: Network, item: str) -> None:
    head = "blocks: {unit: {layers: [relu]}}\n" if item == "unit" else ""
    graph = network(f"- {item if ':' in item else item + ':'}\n  repeat: 1000000000000", head=head)
    assert codes(graph) == ["L018"]
    assert "000,000,00" in graph.diagnostics[0].message


def test_nested_repetitions(network: Network) -> None:
    graph = network(nested("relu", 3, "1000"))
    assert codes(graph) == ["L018"]
    assert graph.diagnostics[0].span.line == 10


@pytest.mark.parametrize("count", ["1000 * $one", "1000 + $i - $i", "1000 * $in.channels // $in.channels"])
def test_computed_repetitions(network: Network, count: str) -> None:
    # If the count depends on values that are known only inside, layers are counted as they are made.
    graph = network(
        nested("relu", 4, count), head="params: {one: 1}\n" if "one" in count else "", max_nodes=9_000
    )
    assert codes(graph) == ["L018"]


@pytest.mark.parametrize("nothing", ["relu:\n  when: false", "relu:\n  only: training", "relu:\n  repeat: 0"])
@pytest.mark.parametrize("levels", [1, 3])
def test_repetitions_of_nothing(network: Network, nothing: str, levels: int) -> None:
    graph = network(nested(nothing, levels, str(10 ** (12 // levels))))
    assert codes(graph) == ["L018"]


def test_repetitions_of_empty_blocks(network: Network) -> None:
    head = "blocks: {nothing: {layers: []}}\n"
    assert codes(network("- nothing:\n  repeat: 1000000000000", head=head)) == ["L018"]
    assert codes(network("- nothing:\n  repeat: 5\n- relu", head=head)) == []


@pytest.mark.parametrize("leaf", ["[relu]", "[]"])
def test_blocks_that_double_sixty_times(network: Network, leaf: str) -> None:
    blocks = [f"  b{level}: {{layers: [b{level + 1}, b{level + 1}]}}\n" for level in range(60)]
    head = f"blocks:\n{''.join(blocks)}  b60: {{layers: {leaf}}}\n"
    assert codes(network("- b0", head=head)) == ["L018"]


@pytest.mark.parametrize(
    "leaf",
    ["conv: $k", "{relu: {}, repeat: $k}", "{relu: {}, repeat: 1 + $k - $k}", "{relu: {}, when: $k < 0}"],
)
def test_blocks_that_double_with_arguments_that_differ(network: Network, leaf: str) -> None:
    blocks = [
        f"  b{level}:\n    params: {{k: 1}}\n    layers: [b{level + 1}: $k * 2, b{level + 1}: $k * 2 + 1]\n"
        for level in range(40)
    ]
    head = f"blocks:\n{''.join(blocks)}  b40: {{params: {{k: 1}}, layers: [{leaf}]}}\n"
    assert codes(network("- b0", head=head)) == ["L018"]


def test_branches_count(network: Network) -> None:
    graph = network("- add: [[sequence: [relu], sequence: [relu]], []]\n  repeat: 400", max_nodes=1000)
    assert codes(graph) == ["L018"]


def test_the_limit_itself_is_allowed(network: Network) -> None:
    assert codes(network("- relu:\n  repeat: 99", max_nodes=100)) == []
    assert codes(network("- relu:\n  repeat: 100", max_nodes=100)) == ["L018"]


def test_first_does_not_count_twice(network: Network) -> None:
    head = "blocks: {many: {params: {count: 10}, layers: [{relu: {}, repeat: $count}]}}\n"
    graph = network("- many: {count: 10}\n  repeat: 10\n  first: {count: 1}", head=head, max_nodes=92)
    assert codes(graph) == []
    assert len(graph.layers) == 91


def test_what_is_left_out_does_not_count(network: Network) -> None:
    layers = "- relu\n- relu:\n  repeat: 1000\n  only: training\n- relu:\n  repeat: 1000\n  when: $deep"
    head = "params: {deep: false}\n"
    assert codes(network(layers, head=head, max_nodes=100)) == []
    assert codes(network(layers, head=head, max_nodes=100, mode="training")) == ["L018"]
    assert codes(network(layers, head=head, max_nodes=100, values={"deep": True})) == ["L018"]


def test_the_layers_before_the_limit_are_there(network: Network) -> None:
    graph = network("- conv: 4\n- relu:\n  repeat: 1000000000", max_nodes=50)
    assert [node.name for node in graph.layers] == ["conv1"]


@pytest.mark.parametrize("through", [1, 2, 3])
def test_blocks_that_use_themselves(network: Network, through: int) -> None:
    names = [f"b{index}" for index in range(through)]
    blocks = [
        f"  {name}: {{layers: [relu, {after}]}}\n"
        for name, after in zip(names, names[1:] + names[:1], strict=True)
    ]
    graph = network("- b0", head=f"blocks:\n{''.join(blocks)}")
    assert codes(graph) == ["L013"]
    assert " -> ".join([*names, "b0"]) in graph.diagnostics[0].message


def test_a_block_may_be_used_in_the_next_and_the_next(network: Network) -> None:
    blocks = [f"  b{level}: {{layers: [b{level + 1}]}}\n" for level in range(60)]
    head = f"blocks:\n{''.join(blocks)}  b60: {{layers: [relu]}}\n"
    assert codes(network("- b0", head=head)) == []


def test_blocks_deeper_than_64(network: Network) -> None:
    blocks = [f"  b{level}: {{layers: [b{level + 1}]}}\n" for level in range(3000)]
    head = f"blocks:\n{''.join(blocks)}  b3000: {{layers: [relu]}}\n"
    assert codes(network("- b0", head=head)) == ["L024"]
