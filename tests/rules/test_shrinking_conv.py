"""D005: convolutions that shrink their volume because nothing pads it."""

import pytest

from tests.rules._design import HEAD, alone, corrected, output, pointed

CONV = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 5}}\n"


def test_says_what_the_border_loses() -> None:
    (item,) = alone("D005", CONV)
    assert item.message == (
        "`conv1` shrinks 32x32 to 28x28: without padding, a 5x5 window fits at only 784 of 1,024 positions"
    )
    assert item.help == "`padding: half` (here 2) keeps 32x32"
    assert pointed(CONV, item) == "5"


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 8, kernel: 5}",
        "conv: {filters: 8, kernel: 4}",
        "conv: {filters: 8, kernel: 3, dilation: 2}",
        "conv: {filters: 8, kernel: 5, padding: 0}",
        "conv: {kernel: 5, filters: 8, padding: valid}",
        "conv:\n      filters: 8\n      kernel: [3, 5]    # not square",
        "depthwise_conv: {kernel: 3}",
        "separable_conv: {kernel: 3, filters: 8}",
    ],
)
def test_its_fix_keeps_the_size(layer: str) -> None:
    (analysis,) = corrected("D005", f"{HEAD}layers:\n  - {layer}\n")
    assert output(analysis).startswith("32x32x")


def test_a_dilated_window_counts_as_it_lies() -> None:
    (item,) = alone("D005", CONV.replace("kernel: 5", "kernel: 3, dilation: 4"))
    assert "shrinks 32x32 to 24x24" in item.message
    assert item.help == "`padding: half` (here 4) keeps 32x32"


@pytest.mark.parametrize(
    "layers",
    [
        "conv: 8",
        "conv: {filters: 8, kernel: 5, padding: 1}",
        "conv: {filters: 8, kernel: 4, stride: 2}",
        "conv: {filters: 8, kernel: 32}",
        "zero_pad: 1\n  - conv: {filters: 8, kernel: 3}",
        "conv: {filters: 64, kernel: 7}\n  - conv: 10",
    ],
)
def test_is_not_reported(layers: str) -> None:
    assert alone("D005", f"{HEAD}layers:\n  - {layers}\n") == []


def test_an_argument_that_differs_at_first_is_not_edited() -> None:
    text = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3}}\n    repeat: 2\n    first: {{kernel: 5}}\n"
    assert all(item.fixes == () for item in alone("D005", text))


def test_its_fix_fills_in_a_padding_without_a_value() -> None:
    for empty in ("padding}", "padding: }"):
        text = (
            "cnncalc: 1\ninput: 32x32x4\nlayers:\n"
            f"  - conv: {{filters: 8, kernel: 3, {empty}\n  - conv: {{filters: 8, kernel: 3, padding: half}}\n"
        )
        (analysis,) = corrected("D005", text)
        assert output(analysis) == "32x32x8"
