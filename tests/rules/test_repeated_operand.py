"""G007: merges of a value with itself."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.repeated_operand import RepeatedOperand
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - conv: 4\n    name: a\n  - relu\n"
CONV = "conv: {filters: 4, kernel: 3, padding: 1}"


@pytest.fixture
def diagnose() -> Found:
    return alone(RepeatedOperand)


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ("add: [prev, prev]", "operands 1 and 2 of `add1` are both `relu1`"),
        ("add: [prev, relu1]", "operands 1 and 2 of `add1` are both `relu1`"),
        ("add: [a, prev, a]", "operands 1 and 3 of `add1` are both `a`"),
        ("concat: [prev, []]", "operands 1 and 2 of `concat1` are both `relu1`"),
        ("add: [prev, [{relu: , when: false}]]", "operands 1 and 2 of `add1` are both `relu1`"),
        (
            "add: [a, [{relu: , from: a, when: false}]]",
            "operands 1 and 2 of `add1` are both `a`",
        ),
        ("crop_to: [prev, prev]", "operands 1 and 2 of `crop_to1` are both `relu1`"),
    ],
)  # fmt: skip
def test_says_which_operands_are_one_value(diagnose: Found, item: str, message: str) -> None:
    (item_found,) = diagnose(HEAD + f"  - {item}\n")
    assert (item_found.message, item_found.span.line) == (message, 7)


def test_a_residual_without_a_body(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + "  - residual:\n      - relu:\n        when: false\n")
    assert item.help is not None
    assert "remove the residual" in item.help


@pytest.mark.parametrize(
    "item",
    [
        "mul: [prev, prev]",
        "add: [prev, a]",
        "add: [prev, [conv: 4]]",
        f"residual: [{CONV}]",
        "add: [prev, [{relu: , from: a, when: false}]]",
    ],
)
def test_squares_and_different_values_are_fine(diagnose: Found, item: str) -> None:
    assert diagnose(HEAD + f"  - {item}\n") == []


def test_a_block_is_reported_once(diagnose: Found) -> None:
    blocks = "blocks:\n  twice:\n    layers:\n      - add: [prev, prev]\n"
    text = f"cnncalc: 1\ninput: 8x8x4\n{blocks}layers: [twice, twice]\n"
    (item,) = diagnose(text)
    assert "1 more place" in item.notes[-1].text
