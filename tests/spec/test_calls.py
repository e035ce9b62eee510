"""The arguments of a layer: unknown, missing, misplaced."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.graph import Graph
from cnncalc.layers import names

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
    assert item.help == "write `conv: 64` or `conv: {filters: 64}`"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("maxpool: {stride: 2}", "`maxpool` needs `kernel` (F), the size of the window"),
        ("upsample", "`upsample` needs `scale`, the factor by which each axis grows: 2, or 1.5"),
        ("tile", "`tile` needs `times`, how often the input is repeated along each axis"),
    ],
)
def test_what_a_layer_needs_is_described(network: Network, written: str, message: str) -> None:
    (item,) = network(f"- {written}").diagnostics
    assert item.message == message


@pytest.mark.parametrize("key", names())
def test_a_layer_is_complete_when_each_help_is_followed(network: Network, key: str) -> None:
    given: dict[str, str] = {}
    while missing := [item for item in network(f"- {key}: {flow(given)}").diagnostics if item.code == "L004"]:
        field, example = re.findall(r"\{(\w+): (\S+)\}`", missing[0].help or "")[0]
        if example == "...":
            break
        assert field not in given
        given[field] = example


def flow(given: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in given.items()) + "}"


@pytest.mark.parametrize("item", ["relu: 3", "flatten: 2", "identity: x"])
def test_a_value_where_there_is_no_main_parameter(network: Network, item: str) -> None:
    assert [item.code for item in network(f"- {item}").diagnostics] == ["L003"]
