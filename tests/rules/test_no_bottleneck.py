"""D008: convolutions that narrow a wide volume through large windows."""

import pytest

import cnncalc
from tests.rules._design import alone, notes, pointed

WIDE = "cnncalc: 1\ninput: 28x28x256\nlayers:\n  - conv: {filters: 96, kernel: 5, padding: 2}\n"


def test_says_what_a_bottleneck_saves() -> None:
    """The course's: 28*28 * 5*5*256 * 96 without, and with one to 64 channels."""
    (item,) = alone("D008", WIDE)
    assert item.message == "`conv1` reads 256 channels with 5x5 windows and produces 96: 481,689,600 MACs"
    assert item.help == (
        "put `conv: 64`, a 1x1 conv, before it: both together have 133,267,456 MACs, 72% less"
    )
    assert notes(item) == ["the input is 28x28x256, from `input` (line 2)"]
    assert pointed(WIDE, item) == "5"


def test_the_bottleneck_it_names_costs_that() -> None:
    analysis = cnncalc.analyse(cnncalc.load(WIDE.replace("layers:\n", "layers:\n  - conv: 64\n")))
    assert analysis.totals.macs == 133_267_456


def test_with_a_stride_the_bottleneck_reads_every_position() -> None:
    text = WIDE.replace("kernel: 5, padding: 2", "kernel: 5, stride: 2, padding: 2")
    (item,) = alone("D008", text)
    analysis = cnncalc.analyse(cnncalc.load(text.replace("layers:\n", "layers:\n  - conv: 64\n")))
    assert item.help
    assert f"{analysis.totals.macs:,} MACs, 64% less" in item.help


@pytest.mark.parametrize(
    "change",
    [
        ("filters: 96", "filters: 128"),
        ("28x28x256", "28x28x255"),
        ("kernel: 5, padding: 2", "kernel: 1"),
        ("filters: 96", "filters: 96, groups: 2"),
        ("kernel: 5, padding: 2", "kernel: [1, 7], padding: half"),
        # Only a half of 9 taps is left to save where few positions come out.
        ("kernel: 5, padding: 2", "kernel: 3, stride: 4"),
    ],
)
def test_is_not_reported(change: tuple[str, str]) -> None:
    text = WIDE.replace(*change).replace("input: 28x28", "input: 27x27")
    assert alone("D008", text) == []


def test_the_naive_inception_module() -> None:
    assert [item.message for item in alone("D008", "inception_naive")] == [
        "`conv3` reads 256 channels with 5x5 windows and produces 96: 481,689,600 MACs"
    ]
    assert alone("D008", "inception_bottleneck") == alone("D008", "googlenet") == alone("D008", "vgg16") == []
