"""D002: convolutions wider than 5 after the first."""

import pytest

from tests.rules._design import HEAD, alone, corrected, notes, output, pointed

HALF = (
    f"{HEAD}defaults: {{conv: {{padding: half, act: relu}}}}\nlayers:\n  - conv: {{filters: 32, kernel: 3}}\n"
)
WIDE = HALF + "  - conv: {filters: 32, kernel: 7}\n"


def test_says_its_weights_and_those_of_a_stack() -> None:
    (item,) = alone("D002", WIDE)
    assert item.message == "`conv2` has filters of 7x7 over 32 channels: 50,176 weights"
    assert item.help == "3 convs of 3x3 see the same 7x7 with 27,648 weights"
    assert notes(item) == ["the input is 32x32x32, from `conv1.relu` (line 5)"]
    assert pointed(WIDE, item) == "7"


def test_its_fix_is_the_stack() -> None:
    (analysis,) = corrected("D002", WIDE)
    assert output(analysis) == "32x32x32"
    assert sum(owned.weights for owned in analysis.parameters if owned) == 9 * 3 * 32 + 27 * 32 * 32
    fields = analysis.receptive_fields[analysis.graph.outputs[0]]
    assert fields
    assert {field.size for field in fields} == {9}


def test_a_stride_is_left_to_filters_of_3x3() -> None:
    (item,) = alone("D002", WIDE.replace("kernel: 7", "kernel: 7, stride: 2"))
    assert item.help == "filters of 3x3 have 9,216 weights"
    assert item.fixes == ()


def test_even_filters_are_wide_too() -> None:
    (item,) = alone("D002", WIDE.replace("kernel: 7", "kernel: 8, padding: same"))
    assert item.message == "`conv2` has filters of 8x8 over 32 channels: 65,536 weights"


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 32, kernel: 5}",
        "conv: {filters: 32, kernel: [1, 7]}",
        "conv: {filters: 32, kernel: 7, groups: 32}",
        "depthwise_conv: {kernel: 7, padding: 3}",
        "conv: {filters: 32, kernel: 32, padding: 0}",
    ],
)
def test_is_not_reported(layer: str) -> None:
    assert alone("D002", f"{HALF}  - {layer}\n  - conv: 10\n") == []


def test_the_first_layer_may_be_wide() -> None:
    assert alone("D002", HALF.replace("kernel: 3", "kernel: 11")) == []


def test_a_fully_connected_layer_as_a_convolution_is_not_reported() -> None:
    """As in fcn8s: without padding, and with only 1x1 convolutions after it."""
    bare = HALF + "  - conv: {filters: 64, kernel: 7, padding: 0}\n  - conv: 10\n"
    assert alone("D002", bare) == alone("D002", "fcn8s") == []
    assert len(alone("D002", bare.replace("padding: 0", "padding: 3"))) == 1
    assert len(alone("D002", bare + "  - conv: {filters: 8, kernel: 3}\n")) == 1


def test_in_a_block_it_is_reported_once() -> None:
    text = (
        f"{HEAD}defaults: {{conv: {{padding: half}}}}\nblocks:\n  wide:\n    params: {{k: required}}\n    layers:\n"
        "      - conv: {filters: $k, kernel: 7}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n"
        "  - wide: {k: 8}\n    repeat: 2\n  - wide: {k: 16}\n"
    )
    (item,) = alone("D002", text)
    assert "`wide1.conv1` has filters of 7x7 over 8 channels" in item.message
    assert notes(item)[1:] == ["in block `wide` (k=8), used at line 11 and at 2 more places"]


def test_by_defaults_it_points_at_the_layer() -> None:
    text = f"{HEAD}defaults: {{conv: {{kernel: 7, padding: half}}}}\nlayers:\n  - conv: 8\n  - conv: 8\n"
    (item,) = alone("D002", text)
    assert pointed(text, item) == "conv"
    assert "`kernel` is given by `defaults`, at line 3" in notes(item)
    assert item.fixes == ()


def test_along_one_axis_nothing_is_large() -> None:
    """A stack of 3 has more weights there than one filter of the same field."""
    head = "cnncalc: 1\ninput: {channels: 12, length: 5000}\nlayers:\n  - conv: {filters: 64, kernel: 3}\n"
    assert (
        alone(
            "D002",
            head + "  - conv: {filters: 64, kernel: 17, padding: 8}\n  - conv: {filters: 64, kernel: 3}\n",
        )
        == []
    )
