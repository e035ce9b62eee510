"""D013: windows with taps that never meet the input."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.rules._taps import alive
from cnncalc.shape import Window
from tests import _work
from tests.rules._design import HEAD, alone, corrected, notes, output, pointed, shipped

POINT = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n  - maxpool: 32\n"
CONV = POINT + "  - conv: {filters: 8, kernel: 3, padding: 1}\n"


def test_says_how_many_weights_never_learn() -> None:
    (item,) = alone("D013", CONV)
    assert item.severity is Severity.WARNING
    assert item.message == (
        "`conv2` has windows of 3x3 over an input of 1x1: 8 of their 9 taps are in the padding at every position, and "
        "512 of 576 weights multiply only zeros"
    )
    assert item.help == "`kernel: 1, padding: 0` gives the same 1x1x8 with 64 weights, all of them used"
    assert notes(item) == ["the input is 1x1x8, from `maxpool1` (line 5)"]
    assert pointed(CONV, item) == "3"


@pytest.mark.parametrize("padding", ["1", "half", "same"])
def test_its_fix_has_the_weights_it_says(padding: str) -> None:
    (analysis,) = corrected("D013", POINT + f"  - conv: {{filters: 8, kernel: 3, padding: {padding}}}\n")
    assert output(analysis) == "1x1x8"
    owned = analysis.parameters[analysis.by_kind["conv"][1].index]
    assert owned
    assert owned.weights == 64


def test_what_its_help_says_to_write_leaves_no_tap_in_the_padding() -> None:
    cases = product(("3", "5", "[3, 5]"), ("1", "9", "[2, 20]"), ("1", "2"), ("half", "same", "4", "[0, 9]"))
    helped = 0
    for kernel, dilation, stride, padding in cases:
        fields = {
            "filters": "8",
            "kernel": kernel,
            "dilation": dilation,
            "stride": stride,
            "padding": padding,
        }
        for size in ("1x1", "3x3", "8x2"):
            text = f"cnncalc: 1\ninput: {size}x4\nlayers:\n  - conv: {{}}\n"
            before = cnncalc.load(text.replace("{}", _written(fields)))
            if not before.ok:
                continue
            for item in alone("D013", text.replace("{}", _written(fields))):
                if item.help is None:
                    continue
                helped += 1
                words = item.help.split("`")[1]
                pairs = re.findall(r"(\w+): (\[[^]]*\]|\w+)", words)
                changed = text.replace("{}", _written(fields | dict(pairs)))
                assert alone("D013", changed) == [], (fields, size)
                assert cnncalc.load(changed).nodes[-1].shape == before.nodes[-1].shape
    assert helped > 50


def _written(fields: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name}: {text}" for name, text in fields.items()) + "}"


def test_a_residual_network_made_for_larger_images() -> None:
    """ResNet-18 on 32x32: its last stage works on a volume of 1x1, which is there from its first stride on."""
    first, rest = alone("D013", shipped("resnet18", "32x32x3"))
    assert first.message.startswith(
        "`basic7.conv1` has windows of 3x3 over an input of 2x2: 5 of their 9 taps "
    )
    assert first.help is None
    assert rest.message.startswith(
        "`basic7.conv2` has windows of 3x3 over an input of 1x1: 8 of their 9 taps "
    )
    assert notes(rest)[-1] == "in block `basic` (width=512, stride=2), used at line 31 and at 1 more place"


def test_rates_as_large_as_the_input() -> None:
    """As DeepLab's paper says of 3x3 filters with large rates: they become 1x1."""
    layer = "  - conv: {filters: 8, kernel: 3, dilation: 32, padding: half}\n"
    (item,) = alone("D013", f"{HEAD}layers:\n{layer}")
    start = "`conv1` has windows of 3x3 with dilation 32 over an input of 32x32: 8 of their 9 taps "
    assert item.message.startswith(start)
    assert item.help == "`dilation: 31` gives the same 32x32x8 with 216 weights, all of them used"
    assert alone("D013", f"{HEAD}layers:\n{layer.replace('32', '31')}") == []


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 8, kernel: 1}",
        "conv: {filters: 8, kernel: 63, padding: half}",
        "depthwise_conv: {kernel: 7, padding: 3, stride: 2}",
        "conv: {filters: 8, kernel: 32}",
    ],
)
def test_is_not_reported(layer: str) -> None:
    assert alone("D013", f"{HEAD}layers:\n  - {layer}\n") == []


def test_taps_are_counted_as_by_hand() -> None:
    paddings = ((0, 0), (1, 1), (3, 3), (2, 0), (0, 3))
    for size, kernel, stride, padding, dilation in product(
        (1, 2, 3, 5), (1, 2, 3, 7), (1, 2, 3, 7), paddings, (1, 2, 4)
    ):
        window = Window(size, kernel, stride, *padding, dilation)
        if window.output:
            assert alive(window) == one_by_one(window), window


def one_by_one(window: Window) -> int:
    positions = (
        [step * window.stride - window.before + tap * window.dilation for step in range(window.output)]
        for tap in range(window.kernel)
    )
    return sum(any(0 <= place < window.size for place in places) for places in positions)


@given(
    st.builds(
        Window,
        size=st.integers(1, 12),
        kernel=st.integers(1, 9),
        stride=st.integers(1, 30),
        before=st.integers(0, 25),
        after=st.integers(0, 25),
        dilation=st.integers(1, 9),
    ).filter(lambda index: index.output)
)
def test_strides_that_step_over_the_input(window: Window) -> None:
    assert alive(window) == one_by_one(window)


def test_taps_of_any_number_are_counted_at_once() -> None:
    """A tap of every 3 is on an input of 1: the stride of 3 lets the others step over it."""
    with _work.at_most(1_000):
        assert alive(Window(1, 3 * 10**17, 3, 3 * 10**17, 3 * 10**17)) == 10**17
