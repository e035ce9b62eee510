"""D007: one wide convolution where a stack of 3x3 ones has fewer weights."""

import pytest

import cnncalc
from tests.rules._design import HEAD, alone, corrected, notes, output, pointed

HALF = (
    f"{HEAD}defaults: {{conv: {{padding: half, act: relu}}}}\nlayers:\n  - conv: {{filters: 32, kernel: 3}}\n"
)
WIDE = HALF + "  - conv: {filters: 32, kernel: 5}\n"


def test_says_what_is_saved() -> None:
    (item,) = alone("D007", WIDE)
    assert item.message == (
        "`conv2` has 25,600 weights, and 2 convs of 3x3 with the same field of 5x5 have 18,432: 28% fewer"
    )
    assert item.help == "write 2 convs of 3x3: 18,874,368 MACs instead of 26,214,400 if each keeps the size"
    assert notes(item) == ["the input is 32x32x32, from `conv1.relu` (line 5)"]
    assert pointed(WIDE, item) == "5"


def test_the_courses_7x7_on_the_image() -> None:
    """49 C^2 weights against 27 C^2, here with C = 32."""
    text = "cnncalc: 1\ninput: 28x28x32\nlayers:\n  - conv: {filters: 32, kernel: 7, padding: 3}\n"
    (item,) = alone("D007", text)
    assert f"has {49 * 32 * 32:,} weights" in item.message
    assert f"have {27 * 32 * 32:,}: 45% fewer" in item.message
    assert alone("D002", text) == []


@pytest.mark.parametrize("padding", ["half", "2", "same"])
def test_its_fix_has_the_weights_and_the_work_it_says(padding: str) -> None:
    text = WIDE.replace("kernel: 5", f"kernel: 5, padding: {padding}")
    (analysis,) = corrected("D007", text)
    assert output(analysis) == "32x32x32"
    convs = analysis.by_kind["conv"][1:]
    assert len(convs) == 2
    assert sum(owned.weights for conv in convs if (owned := analysis.parameters[conv.index])) == 18_432
    assert sum(done.macs for conv in convs if (done := analysis.work[conv.index])) == 18_874_368
    single = cnncalc.analyse(cnncalc.load(text))
    assert (
        analysis.receptive_fields[analysis.graph.outputs[0]]
        == single.receptive_fields[single.graph.outputs[0]]
    )


def test_without_padding_both_shrink_alike() -> None:
    (analysis,) = corrected("D007", WIDE.replace("{padding: half, act", "{act"))
    assert output(analysis) == "26x26x32"


def test_padding_that_cannot_be_split_has_no_fix() -> None:
    (item,) = alone("D007", WIDE.replace("kernel: 5", "kernel: 5, padding: 1"))
    assert item.fixes == ()


def test_in_a_flow_list_there_is_no_room_for_repeat() -> None:
    text = f"{HEAD}layers: [conv: {{filters: 32, kernel: 3}}, conv: {{filters: 32, kernel: 5}}]\n"
    (item,) = alone("D007", text)
    assert item.fixes == ()


@pytest.mark.parametrize(
    "layer",
    [
        # GoogLeNet's 5x5 widens: its stack would have 13,824 weights against 12,800.
        "conv: {filters: 64, kernel: 5}",
        "conv: {filters: 32, kernel: 5, stride: 2}",
        "conv: {filters: 32, kernel: 5, dilation: 2}",
        "conv: {filters: 32, kernel: [1, 5]}",
        "conv: {filters: 32, kernel: 5, groups: 32}",
        "conv: {filters: 32, kernel: 3}",
        # 7x7 after the first layer is reported by D002.
        "conv: {filters: 32, kernel: 7}",
    ],
)
def test_is_not_reported(layer: str) -> None:
    assert alone("D007", f"{HALF}  - {layer}\n") == []


def test_a_stem_on_three_channels_is_not_reported() -> None:
    assert alone("D007", HALF.replace("kernel: 3", "kernel: 7")) == []


def test_an_item_in_braces_is_repeated_within_them() -> None:
    text = WIDE.replace("  - conv: {filters: 32, kernel: 5}\n", "  - {conv: {filters: 32, kernel: 5}}\n")
    (analysis,) = corrected("D007", text)
    assert len(analysis.by_kind["conv"]) == 3
