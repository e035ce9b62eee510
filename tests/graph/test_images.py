"""An input of two numbers that is an image without its channels."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


def helps(graph: Graph) -> list[str]:
    return [item.help or "" for item in graph.diagnostics if item.code == "S105"]


@pytest.mark.parametrize(
    ("input", "layers"),
    [
        ("224x224", "- conv: 8"),
        ("28x28", "- flatten\n- fc: 10"),
        ("48x64", "- conv: {filters: 8, kernel: [3, 3]}"),
        ("48x64", "- conv: {filters: 8, kernel: 3, padding: {top: 1}}"),
        ("48x64", "- conv: 8\n  expect: 48x64x8"),
    ],
)
def test_is_reported_with_what_to_write(network: Network, input: str, layers: str) -> None:
    (help,) = helps(network(layers, input=input))
    assert f"`{input}x3` or `{input}x1`" in help
    for channels in (1, 3):
        assert network(layers, input=f"{input}x{channels}").ok


def test_intended_sequences_are_written_as_mappings(network: Network) -> None:
    (help,) = helps(network("- conv: 8", input="64x64"))
    literal = help.rpartition("write `")[2].rstrip("`")
    assert network("- conv: 8", input=literal).diagnostics == ()


@pytest.mark.parametrize(
    ("input", "layers"),
    [
        ("2000x1", "- conv: 8"),
        ("1024x64", "- conv: {filters: 8, kernel: 3}"),
        ("197x768", "- ln\n- self_attention: 8"),
        ("64x64", "- residual: [conv: {filters: 64, kernel: 3, padding: 1}]"),
        ("64x64", "- self_attention: 4"),
        ("4x4", "- conv: 8"),
        ("2000x1", "- conv: {filters: 8, kernel: [3, 3]}"),
    ],
)
def test_sequences_are_not_reported(network: Network, input: str, layers: str) -> None:
    assert not helps(network(layers, input=input))


def test_only_the_channels_that_the_network_takes_are_named(network: Network) -> None:
    (help,) = helps(network("- residual: [conv: {filters: 3, kernel: [3, 3], padding: 1}]", input="48x64"))
    assert "write `48x64x3`;" in help


def test_several_inputs_are_tried_together() -> None:
    text = "cnncalc: 1\ninputs: {a: 64x64, b: 64x64}\nlayers:\n  - concat: [a, b]\n  - conv: 8\n"
    assert len(helps(cnncalc.load(text))) == 2
    text = "cnncalc: 1\ninputs: {a: 64x64, b: 10}\nlayers:\n  - conv: 8\n    from: a\n"
    assert len(helps(cnncalc.load(text))) == 1
