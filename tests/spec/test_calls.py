"""The arguments of a layer: unknown, missing, misplaced."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


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
def test_an_unknown_parameter_suggests_the_nearest(network: Network, fields: str, help: str | None) -> None:
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
