"""Exact numbers, and values as written in a spec."""

from fractions import Fraction
from typing import Any

import pytest

from cnncalc.exact import fraction, is_fraction, plain, shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 3), True),
        (Fraction(2), True),
        (1, False),
        (True, False),
        (0.5, False),
        ("1", False),
        (None, False),
    ],
)
def test_is_fraction(value: Any, expected: bool) -> None:
    assert is_fraction(value) is expected


def test_a_fraction_of_text_is_what_it_says() -> None:
    assert fraction("0.1") == Fraction(1, 10)
    assert fraction(1, 3) == Fraction(1, 3)
    assert fraction(Fraction(1, 2), 2) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Fraction(4, 2), 2), (Fraction(1, 2), Fraction(1, 2)), (3, 3), (0.5, 0.5), ("a", "a")],
)
def test_plain(value: Any, expected: Any) -> None:
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (0.5, "0.5"),
        (1e-05, "1e-05"),
        (Fraction(1, 2), "0.5"),
        (Fraction(1, 3), "1/3"),
        ((3, 3), "[3, 3]"),
        ([1, [2]], "[1, [2]]"),
        ({"left": 1, "right": Fraction(1, 4)}, "{left: 1, right: 0.25}"),
        ((), "[]"),
        ({}, "{}"),
        ("half", "half"),
    ],
)
def test_shown_as_a_spec_spells_it(value: Any, text: str) -> None:
    assert shown(value) == text
