"""D009: a fully-connected layer that holds most of a network's parameters."""

import pytest

from tests.rules._design import alone, corrected, notes, pointed

HEAVY = (
    "cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
    "  - flatten\n  - dropout: 0.5\n  - fc: {units: 128, act: relu}\n  - fc: 10\n"
)


def test_vggs_first() -> None:
    (item,) = alone("D009", "vgg16")
    assert item.message == (
        "`fc1` has 102,764,544 of 138,357,544 parameters (74%), for 7x7x512 = 25,088 features"
    )
    assert item.help == "`global_avgpool` instead of `flatten` leaves 512 features: 2,101,248 parameters"


def test_its_fix_leaves_what_it_says() -> None:
    (item,) = alone("D009", HEAVY)
    assert pointed(HEAVY, item) == "128"
    assert notes(item) == ["the input is 16x16x64, from `conv1.relu` (line 4)"]
    assert item.help == "`global_avgpool` instead of `flatten` leaves 64 features: 8,320 parameters"
    (analysis,) = corrected("D009", HEAVY)
    owned = analysis.parameters[analysis.by_kind["fc"][0].index]
    assert owned
    assert owned.params == 8_320


@pytest.mark.parametrize(
    "change",
    [
        # 131,200 parameters are most, and not much.
        ("16x16x3", "4x4x3"),
        ("flatten", "global_avgpool"),
        # Another layer holds as many.
        ("fc: 10", "fc: {units: 20000}"),
    ],
)
def test_is_not_reported(change: tuple[str, str]) -> None:
    assert alone("D009", HEAVY.replace(*change)) == []


@pytest.mark.parametrize("name", ["resnet50", "googlenet", "lenet5", "vit_b_16"])
def test_networks_without_one(name: str) -> None:
    assert alone("D009", name) == []


@pytest.mark.parametrize(
    "between",
    ["gelu", "silu", "bn", "ln", "tanh", "prelu", "dropout: 0.2", "scale: 2", "identity", "softmax"],
)
def test_what_keeps_every_feature_may_be_between(between: str) -> None:
    assert len(alone("D009", HEAVY.replace("dropout: 0.5", between))) == 1


@pytest.mark.parametrize("between", ["glu", "maxout: 2", "chunk: {of: 2, index: 0}"])
def test_what_leaves_other_features_may_not(between: str) -> None:
    assert alone("D009", HEAVY.replace("dropout: 0.5", between).replace("units: 128", "units: 256")) == []


def test_features_are_flattened_by_reshape_too() -> None:
    (item,) = alone("D009", HEAVY.replace("flatten", "reshape: {channels: 16384}"))
    assert item.help == "`global_avgpool` instead of `reshape` leaves 64 features: 8,320 parameters"
    assert not item.fixes


def test_linear_is_a_fully_connected_layer_too() -> None:
    assert (
        len(alone("D009", HEAVY.replace("fc: {units: 128, act: relu}", "linear: {units: 128, act: relu}")))
        == 1
    )
