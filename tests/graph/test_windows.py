"""Windows as the language says them: paddings, rounding, pairs, dilation; and what a remainder is."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ("kernel: 3", "7x9x4"),
        ("kernel: 3, padding: 1", "9x11x4"),
        ("kernel: 3, padding: [0, 2]", "7x13x4"),
        ("kernel: 3, padding: {top: 1}", "8x9x4"),
        ("kernel: 3, padding: {top: 1, bottom: 2, left: 3, right: 4}", "10x16x4"),
        ("kernel: 3, padding: half", "9x11x4"),
        ("kernel: [5, 3], padding: half", "9x11x4"),
        ("kernel: 3, dilation: 2", "5x7x4"),
        ("kernel: 3, dilation: 2, padding: half", "9x11x4"),
        ("kernel: 2, dilation: 2, padding: half", "9x11x4"),
        ("kernel: 3, dilation: [1, 4]", "7x3x4"),
        ("kernel: 3, padding: same", "9x11x4"),
        ("kernel: 2, padding: same", "9x11x4"),
        ("kernel: 3, stride: 2, padding: same", "5x6x4"),
        ("kernel: 2, stride: 4, padding: same", "3x3x4"),
        ("kernel: 3, padding: valid", "7x9x4"),
        ("kernel: [1, 7]", "9x5x4"),
        ("kernel: 3, stride: [2, 4]", "4x3x4"),
        ("kernel: 3, groups: 2", "7x9x4"),
    ],
)
def test_of_a_convolution(network: Network, fields: str, output: str) -> None:
    graph = network(f"- conv: {{filters: 4, {fields}}}", input="9x11x6")
    assert [item for item in graph.diagnostics if item.severity > Severity.INFO] == []
    assert str(graph.nodes[1].shape) == output


@pytest.mark.parametrize(
    ("fields", "output"),
    [
        ("kernel: 2", "5x5x6"),
        ("kernel: 3, stride: 2, rounding: floor, padding: 1", "5x5x6"),
        ("kernel: 3, stride: 3, rounding: ceil", "4x4x6"),
        ("kernel: 2, stride: 2, padding: 1, rounding: ceil", "6x6x6"),
        # No window starts in the padding at the end.
        ("kernel: 1, stride: 3, padding: 1, rounding: ceil", "4x4x6"),
        ("kernel: 3, stride: 1, padding: half", "10x10x6"),
        # One window where the padded input is smaller by less than the stride.
        ("kernel: 12, stride: 3, rounding: ceil", "1x1x6"),
        ("kernel: 12, stride: 2, padding: 1, rounding: ceil", "1x1x6"),
        ("kernel: [12, 3], stride: 4, rounding: ceil", "1x3x6"),
    ],
)
def test_of_a_pooling(network: Network, fields: str, output: str) -> None:
    assert str(network(f"- maxpool: {{{fields}}}", input="10x10x6").nodes[1].shape) == output


@pytest.mark.parametrize(
    ("fields", "input", "code", "severity"),
    [
        ("kernel: 3, stride: 2", "9x9x3", None, None),
        ("kernel: 3, stride: 2", "10x10x3", "S001", Severity.ERROR),
        ("kernel: 3, stride: 2, padding: 1", "10x10x3", "S002", Severity.INFO),
        ("kernel: 3, stride: 3, padding: 1", "6x6x3", "S001", Severity.ERROR),
        ("kernel: 3, stride: 2, padding: {top: 1, left: 1}", "9x9x3", "S001", Severity.ERROR),
        ("kernel: 3, stride: 2, padding: {bottom: 1, right: 1}", "9x9x3", "S002", Severity.INFO),
        ("kernel: 1, stride: 2", "10x10x3", "S003", Severity.INFO),
        ("kernel: 2, stride: 3", "10x10x3", "S003", Severity.INFO),
        ("kernel: 1, stride: 2", "9x9x3", None, None),
        ("kernel: 11", "10x10x3", "S005", Severity.ERROR),
        ("kernel: 11, padding: 1", "10x10x3", None, None),
        ("kernel: [3, 11]", "10x10x3", "S005", Severity.ERROR),
    ],
)
def test_what_a_remainder_is(
    network: Network, fields: str, input: str, code: str | None, severity: Severity | None
) -> None:
    diagnostics = network(f"- conv: {{filters: 4, {fields}}}", input=input).diagnostics
    expected = [] if code is None else [(code, severity)]
    assert [(item.code, item.severity) for item in diagnostics] == expected


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ("kernel: 3, stride: 2", {"S004"}),
        ("kernel: 4, stride: 2", {"S005"}),
        ("kernel: 4, stride: 3", {"S004"}),
        ("kernel: 3, stride: 1", {"S005"}),
        ("kernel: 5, stride: 2, padding: 1", {"S004"}),
        ("kernel: 3, stride: 2, padding: 2", {"S004", "S012"}),
    ],
)
@pytest.mark.parametrize("kind", ["maxpool", "avgpool", "lppool"])
def test_of_a_ceiled_window_over_a_smaller_input(
    network: Network, kind: str, fields: str, codes: set[str]
) -> None:
    for image in ("2x4", "2x2x4"):
        diagnostics = network(f"- {kind}: {{{fields}, rounding: ceil}}", input=image).diagnostics
        assert {item.code for item in diagnostics} == codes
        if codes == {"S005"}:
            assert (
                "ceil gives a window past the end only where F - W - 2P is below the stride"
                in diagnostics[0].notes[0].text
            )
    diagnostics = network(f"- {kind}: {{{fields}, rounding: ceil}}", input="2x2x2x4").diagnostics
    refused = kind != "maxpool" and "padding: 2" not in fields
    assert {item.code for item in diagnostics} == ({"S005"} if refused else codes)


@pytest.mark.parametrize(("axes", "input"), [(1, "20x3"), (2, "20x20x3"), (3, "20x20x20x3")])
def test_of_one_to_three_axes(network: Network, axes: int, input: str) -> None:
    graph = network("- conv: {filters: 4, kernel: 3, stride: 2, padding: half}\n- maxpool: 2", input=input)
    assert str(graph.nodes[-1].shape) == "x".join(["5"] * axes + ["4"])


@pytest.mark.parametrize(
    "fields",
    [
        "kernel: 3x3", "kernel: 0", "kernel: -1", "kernel: 1.5", "kernel: []", "kernel: [3, 3, 3, 3]", "kernel: big",
        "stride: 0", "padding: -1", "padding: full", "padding: {up: 1}", "padding: {top: -1}", "dilation: 0",
        "groups: 0", "bias: 1", "kernel: {height: 3}",
    ],
)  # fmt: skip
def test_values_that_no_window_takes(network: Network, fields: str) -> None:
    graph = network(f"- conv: {{filters: 4, {fields}}}\n- relu")
    assert [item.code for item in graph.diagnostics] == ["L003"]
    assert graph.not_checked == 1


@pytest.mark.parametrize("fields", ["kernel: [3, 3, 3]", "stride: [2]", "padding: [1, 1, 1]"])
def test_lists_of_another_number_of_axes(network: Network, fields: str) -> None:
    assert [item.code for item in network(f"- conv: {{filters: 4, {fields}}}").diagnostics] == ["S010"]


@pytest.mark.parametrize(
    ("written", "corrected"), [("3x3", ["[3, 3]"]), ("3x1", ["[3, 1]"]), ('"5×5"', ["[5, 5]"])]
)
def test_a_product_is_offered_as_a_list(network: Network, written: str, corrected: list[str]) -> None:
    (item,) = network(f"- conv: {{filters: 4, kernel: {written}}}").diagnostics
    assert [fix.edits[0].text for fix in item.fixes] == corrected
