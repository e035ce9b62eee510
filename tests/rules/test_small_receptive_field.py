"""D012: networks whose last volume sees a part of the input only."""

import pytest

import cnncalc
from tests.rules._design import alone, notes, pointed

SMALL = (
    "cnncalc: 1\ninput: 64x64x3\ndefaults: {conv: {kernel: 3, padding: 1}}\nlayers:\n  - conv: 16\n  - maxpool: 2\n"
    "  - conv: {filters: 32, kernel: 3}\n  - conv: 32\n    repeat: 1\n  - global_avgpool\n  - fc: 10\n"
)
CONV = "conv: {filters: 32, kernel: 1, padding: 0}"


def test_says_what_it_sees() -> None:
    (item,) = alone("D012", SMALL)
    assert item.message == "`conv3` sees 12x12 of 64x64 pixels (4%) before `global_avgpool1` pools it"
    assert notes(item) == ["its values are 2 pixels apart: a 3x3 window here adds 4 to the field"]
    assert item.help == (
        "to see the whole image add 13 convs of 3x3 here (64x64), or 3, each after a 2x2 pool (82x82)"
    )
    assert pointed(SMALL, item) == "conv"


@pytest.mark.parametrize(
    ("more", "sees"),
    [
        ("  - conv: 32\n    repeat: 13\n", 64),
        ("  - sequence: [maxpool: 2, conv: 32]\n    repeat: 3\n", 82),
    ],
)
def test_with_the_layers_it_names_it_sees_what_it_says(more: str, sees: int) -> None:
    text = SMALL.replace("  - global_avgpool\n", more + "  - global_avgpool\n")
    analysis = cnncalc.analyse(cnncalc.load(text))
    (pool,) = analysis.by_kind["global_avgpool"]
    fields = analysis.receptive_fields[pool.inputs[0]]
    assert fields
    assert [field.size for field in fields] == [sees, sees]
    assert alone("D012", text) == []


def test_where_one_layer_is_enough_nothing_else_is_named() -> None:
    text = SMALL.replace("maxpool: 2", "maxpool: {kernel: 2, stride: 16}").replace(
        "  - conv: 32\n    repeat: 1\n", ""
    )
    (item,) = alone("D012", text)
    assert item.help == "to see the whole image add one conv of 3x3 here (68x68)"


@pytest.mark.parametrize(
    "change",
    [
        ("  - global_avgpool\n", "  - flatten\n"),
        ("  - global_avgpool\n  - fc: 10\n", ""),
        ("64x64x3", "16x16x3"),
        # What pools only to weigh channels is not the end.
        ("  - global_avgpool\n", f"  - mul: [[], [global_avgpool, {CONV}]]\n  - conv: 8\n  - flatten\n"),
    ],
)
def test_is_not_reported(change: tuple[str, str]) -> None:
    assert alone("D012", SMALL.replace(*change)) == []


def test_half_of_the_input_is_enough() -> None:
    """SqueezeNet 1.0 sees 155x155 of 224x224 pixels, 1.1 207x207."""
    assert [item.message.split(" pixels")[0] for item in alone("D012", "squeezenet1_0")] == [
        "`fire8.conv3` sees 155x155 of 224x224"
    ]
    assert alone("D012", "squeezenet1_1") == alone("D012", "resnet18") == []


def test_a_classifier_of_1x1_after_the_pool_is_the_end_too() -> None:
    text = SMALL.replace("  - fc: 10\n", "  - conv: {filters: 10, kernel: 1, padding: 0}\n")
    assert len(alone("D012", text)) == 1


@pytest.mark.parametrize(
    "pool", ["global_avgpool", "global_maxpool", "mean", "adaptive_avgpool: 1", "avgpool: 32"]
)
def test_any_pooling_to_one_position(pool: str) -> None:
    text = (
        "cnncalc: 1\ninput: 64x64x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        f"  - conv: 16\n  - maxpool: {{kernel: 2, stride: 2}}\n  - conv: 32\n  - {pool}\n"
    )
    (item,) = alone("D012", text)
    assert item.message.startswith("`conv2` sees 8x8 of 64x64 pixels")
