"""Operations of layers over axes and with numbers, worked out by hand. Other tests compare every layer with PyTorch."""

from typing import Any

import pytest

from cnncalc.layers import Layer, layer_type
from cnncalc.shape import Shape

VOLUME = (Shape(8, (4, 5)),)


def layer(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


def work(name: str, inputs: tuple[Shape, ...], **fields: Any) -> dict[str, int]:
    done = layer(name, **fields).work(inputs)
    return {kind: count for kind, count in done._asdict().items() if count}


@pytest.mark.parametrize(
    ("name", "fields", "counts"),
    [
        # 160 values, which become 8, 20 or 32.
        ("mean", {}, {"adds": 152, "divides": 8}),
        ("sum", {"over": "channels"}, {"adds": 140}),
        ("max", {"over": "width"}, {"compares": 128}),
        # The mean; the distances from it; their squares; the mean of these; its root.
        (
            "std",
            {},
            {"adds": 152 + 160 + 152, "multiplies": 160, "divides": 16, "exponentials": 8},
        ),
        ("var", {}, {"adds": 152 + 160 + 152, "multiplies": 160, "divides": 16}),
        ("vector_norm", {}, {"multiplies": 160, "adds": 152, "exponentials": 8}),
        ("grn", {}, {"multiplies": 480, "adds": 480, "divides": 9, "exponentials": 8}),
        ("vector_norm", {"p": 1}, {"compares": 160, "adds": 152}),
        # 8 sums of 20: the largest is subtracted first.
        (
            "softmax",
            {"over": "positions"},
            {"compares": 152, "adds": 160 + 152, "exponentials": 160, "divides": 160},
        ),
        ("clamp", {"min": 0, "max": 1}, {"compares": 320}),
        ("mul", {"numbers": (None, 0.1)}, {"multiplies": 160}),
        # 1/x, then 2 times that.
        ("div", {"numbers": (2, None)}, {"divides": 160, "multiplies": 160}),
        ("pow", {"numbers": (None, 2)}, {"exponentials": 160}),
        # The two numbers are joined at once.
        ("sub", {"numbers": (3, 1, None)}, {"adds": 160}),
    ],
)
def test_counts_the_operations_of_one_image(
    name: str, fields: dict[str, Any], counts: dict[str, int]
) -> None:
    assert work(name, VOLUME, **fields) == counts


def test_axial_attention_counts_the_pairs_of_a_row() -> None:
    """Four linear layers over 20 positions, and both products over 4 rows of 5*5 pairs, of 8 channels."""
    attention = layer("self_attention", heads=2, over="width")
    assert attention.work(VOLUME).macs == 4 * 20 * 8 * 8 + 2 * 4 * 5 * 5 * 8
    assert attention.macs_formula(VOLUME) == "4*20*8*8 + 2*20*5*8"


@pytest.mark.parametrize(
    ("name", "inputs", "shape"),
    [
        ("mul", (Shape(8, (4, 5)), Shape(1, (4, 5))), "4x5x8"),
        ("add", (Shape(8, (1, 1)), Shape(8, (4, 5))), "4x5x8"),
        ("maximum", (Shape(1, (4, 1)), Shape(8, (1, 5))), "4x5x8"),
        ("div", (Shape(10), Shape(1)), "10"),
    ],
)
def test_a_size_of_one_fits_any(name: str, inputs: tuple[Shape, ...], shape: str) -> None:
    assert str(layer_type(name)().output(inputs)) == shape


@pytest.mark.parametrize("numbers", [(None, 2), (2, None), (None, None, 2)])
@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "pow"])
def test_products_with_numbers_are_linear_and_others_are_not(
    name: str, numbers: tuple[float | None, ...]
) -> None:
    products: dict[str, list[tuple[float | None, ...]]] = {"mul": [(None, 2), (2, None)], "div": [(None, 2)]}
    is_sum = name in ("add", "sub")
    assert layer(name, numbers=numbers).linear == (is_sum or numbers in products.get(name, []))
