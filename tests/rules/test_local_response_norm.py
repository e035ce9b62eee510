"""D010: local response normalisation."""

import cnncalc
from tests.rules._design import HEAD, alone, corrected, notes, output, pointed

LRN = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n  - lrn: 5\n"


def test_says_what_it_costs() -> None:
    (item,) = alone("D010", LRN)
    assert item.message == "`lrn1` normalises 8,192 values over 5 channels each: 81,920 operations an image"
    assert item.help == "remove it; `bn` learns a scale and a shift for each of the 8 channels instead"
    assert notes(item) == ["the input is 32x32x8, from `conv1` (line 4)"]
    assert pointed(LRN, item) == "lrn"


def test_its_fix_is_batch_norm() -> None:
    (analysis,) = corrected("D010", LRN)
    assert output(analysis) == "32x32x8"
    owned = analysis.parameters[analysis.by_kind["bn"][0].index]
    assert owned
    assert owned.params == 16


def test_one_with_keys_beside_it_is_left_to_its_author() -> None:
    (item,) = alone("D010", LRN + "    name: norm1\n")
    assert item.fixes == ()


def test_as_the_norm_of_a_convolution() -> None:
    text = f"{HEAD}defaults: {{lrn: {{size: 5}}}}\nlayers:\n  - conv: {{filters: 8, kernel: 3, norm: lrn}}\n"
    (item,) = alone("D010", text)
    assert pointed(text, item) == "lrn"
    assert item.fixes == ()


def test_each_one_is_reported() -> None:
    assert [item.span.line for item in alone("D010", "alexnet")] == [
        node.item.span.line for node in cnncalc.load("alexnet").layers if node.kind == "lrn" and node.item
    ]
    assert alone("D010", "vgg11") == []
