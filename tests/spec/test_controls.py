"""The names that items give themselves."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize("name", ["a", "A-1", "stem.conv", "_x", "3a", "a" * 100])
def test_names(network: Network, name: str) -> None:
    graph = network(f"- relu:\n  name: {name}")
    assert [node.name for node in graph.layers] == [name]
    assert graph.ok


@pytest.mark.parametrize("name", ["my stem", "-a", "a.", "a/b", "é", "a" * 101, "[/red]", "prev", "$x", '""'])
def test_no_names(network: Network, name: str) -> None:
    written = name if name == '""' else f'"{name}"'
    assert [item.code for item in network(f"- relu:\n  name: {written}").diagnostics] == ["L017"]
