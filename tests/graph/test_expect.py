"""`expect`: a test inside the spec."""

import re
from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, Severity, edited
from cnncalc.graph import Graph
from tests._each import each

Network: TypeAlias = Callable[..., Graph]


def faults(graph: Graph) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


@pytest.mark.parametrize(
    "shape",
    [
        "8x8x5",
        "{height: 8, width: 8, channels: 5}",
        "{height: $in.height, width: 8, channels: $in.channels + 2}",
    ],
)
def test_what_comes_out(network: Network, shape: str) -> None:
    assert faults(network(f"- conv: 5\n  expect: {shape}")) == []
    assert faults(network(f"- conv: 6\n  expect: {shape}")) == [("S102", 5)]


def test_one_position_is_features(network: Network) -> None:
    for item in ("global_avgpool", "flatten"):
        graph = network(f"- {item}:\n  expect: 1x1x3", input="1x1x3")
        assert faults(graph) == []
        assert faults(network(f"- {item}:\n  expect: 3", input="1x1x3")) == []
    assert faults(network("- flatten:\n  expect: 8x8x3")) == [("S102", 5)]


def test_is_of_what_the_whole_item_gives(network: Network) -> None:
    graph = network("- conv: {filters: 4, kernel: 3}\n  repeat: 3\n  expect: 2x2x4")
    assert faults(graph) == []
    assert faults(network("- residual: [conv: 4]\n  shortcut: project\n  expect: 8x8x4")) == []
    assert faults(network("- sequence: [conv: 4, flatten]\n  expect: 256")) == []


def test_names_what_differs(network: Network) -> None:
    (item,) = network("- conv: 5\n  expect: 8x7x4").diagnostics
    assert item.message == (
        "`conv1` gives 8x8x5, but `expect` is 8x7x4: width 8 instead of 7 and channels 5 instead of 4"
    )
    assert item.help == "if the network is right, write `expect: 8x8x5`"


@pytest.mark.parametrize(
    ("size", "layer", "expected", "instead"),
    [
        (
            12,
            "conv_transpose: {filters: 3, kernel: 3, stride: 2, padding: same}",
            "23x23x3",
            "`padding: half`",
        ),
        (
            12,
            "conv_transpose: {filters: 3, kernel: 3, stride: 2, padding: 1, act: relu}",
            "24x24x3",
            "`padding: same` or `output_padding: 1`",
        ),
        (9, "conv: {filters: 3, kernel: 3, norm: bn, act: relu}", "9x9x3", "`padding: 1`"),
        (
            10,
            "maxpool: {kernel: 3, stride: 2, padding: 1, rounding: ceil}",
            "5x5x3",
            "`padding: 0` or `rounding: floor`",
        ),
    ],
)
def test_names_other_arguments_that_give_what_is_expected(
    network: Network, size: int, layer: str, expected: str, instead: str
) -> None:
    text, image = f"- {layer}\n  expect: {expected}\n  allow: {{S001: cut}}", f"{size}x{size}x3"
    (diagnostic,) = [item for item in network(text, input=image).diagnostics if item.code == "S102"]
    assert diagnostic.help is not None
    assert diagnostic.help.endswith(f"; {instead} gives {expected}")
    for change in instead.replace("`", "").split(" or "):
        name, _, value = change.partition(": ")
        written = re.sub(rf"\b{name}: \w+, |, {name}: \w+|$^", "", layer)
        changed = written.replace("}", f", {name}: {value}}}")
        assert faults(network(text.replace(layer, changed), input=image)) == []


@pytest.mark.parametrize(
    "item",
    ["conv: {filters: 3, kernel: 3}\n  repeat: 2", "sequence: [conv: {filters: 3, kernel: 3}]", "conv: 4"],
)
def test_names_no_other_arguments_that_would_give_something_else(network: Network, item: str) -> None:
    (diagnostic,) = network(f"- {item}\n  expect: 8x8x3", input="8x8x3").diagnostics
    assert diagnostic.help is not None
    assert " gives " not in diagnostic.help


@each(
    ("layer", "shape"),
    [
        ("learned: 32x32x8", "32x32x8"),
        ("learned: {shape: 1x1x8}", "8"),
        ("learned: 8", "1x1x8"),
        ("sequence: [learned: 4x4x8, relu]", "4x4x8"),
        ("add: [[learned: 4x4x8], [learned: 4x4x8]]", "4x4x8"),
    ],
)
def test_of_a_tensor_without_a_batch_is_its_sizes(network: Network, layer: str, shape: str) -> None:
    def wrong(expected: str) -> list[Diagnostic]:
        text = f"- {layer}\n  expect: {expected}\n- {{conv: 3, from: input}}"
        return [item for item in network(text).diagnostics if item.code == "S102"]

    assert wrong(shape) == []
    (other,) = wrong("7x5x3")
    assert wrong(other.fixes[0].text.removeprefix("expect: ")) == []


def test_is_not_reported_of_what_is_unknown(network: Network) -> None:
    assert faults(network("- conv: {filters: 4, kernel: 9}\n- conv: 3\n  expect: 8x8x4")) == [("S005", 4)]


def test_that_is_not_a_shape(network: Network) -> None:
    graph = network("- conv: 5\n  expect: 8 x 8 x 5")
    assert faults(graph) == [("L007", 5)]
    text = edited(graph.sources["<text>"].text, graph.diagnostics[0].fixes[0])
    assert text.endswith("expect: 8x8x5\n")


def test_can_be_accepted(network: Network) -> None:
    assert network("- conv: 5\n  expect: 8x8x4\n  allow: {S102: to be settled}").ok


def test_has_a_fix_only_if_every_use_agrees(network: Network) -> None:
    head = "blocks:\n  unit:\n    layers:\n      - conv: 5\n        expect: 8x8x4\n      - maxpool: $by\n"
    head = head.replace("layers:", "params: {by: 1}\n    layers:", 1)
    alike = network("- unit\n- unit", head=head)
    assert [fix.text for item in alike.diagnostics for fix in item.fixes] == ["expect: 8x8x5"]
    unlike = network("- unit: 2\n- unit", head=head)
    assert [item.fixes for item in unlike.diagnostics] == [()]
