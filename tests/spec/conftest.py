"""Networks from a few lines of a spec."""

from collections.abc import Callable
from textwrap import indent
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.fixture(scope="session")
def network() -> Network:
    """Items of `layers`, written from the first column, to a graph; `head` is what else the spec says."""

    def built(layers: str, *, input: str = "8x8x3", head: str = "", **options: Any) -> Graph:
        given = f"input: {input}\n" if input else ""
        text = f"cnncalc: 1\n{given}{head}layers:\n{indent(layers.strip(), '  ')}\n"
        return cnncalc.load(text, **options)

    return built


@pytest.fixture(scope="session")
def volumes() -> Callable[[Graph], dict[str, str]]:
    """The volume of every layer by its name, as the tables print it; `?` where it is unknown."""
    return lambda graph: {node.name: str(node.shape or "?") for node in graph.layers}
