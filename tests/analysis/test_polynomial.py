"""Polynomials with exact coefficients, and the one through given points."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.analysis.polynomial import Polynomial, degree, interpolated


def of(letters: str, terms: dict[tuple[int, ...], int | Fraction]) -> Polynomial:
    return Polynomial(letters.split(), {powers: Fraction(number) for powers, number in terms.items()})


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (of("C", {(2,): 27, (1,): 3}), "27C^2 + 3C"),
        (of("C", {(1,): 1}), "C"),
        (of("C", {}), "0"),
        (of("C", {(0,): -1200}), "-1,200"),
        (of("C K", {(1, 1): 9, (0, 1): 1}), "9CK + K"),
        (of("C H", {(1, 2): 1, (1, 1): -2, (0, 0): 1}), "CH^2 - 2CH + 1"),
        (of("H", {(1,): Fraction(1, 4), (0,): Fraction(-7, 4)}), "(H - 7)/4"),
        (of("H", {(2,): Fraction(3, 4)}), "3H^2/4"),
        (of("width c", {(2, 1): 27000, (1, 0): 1, (0, 1): -1}), "27,000*width^2*c + width - c"),
    ],
)
def test_are_written_with_the_highest_powers_first(formula: Polynomial, text: str) -> None:
    assert str(formula) == text


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([5, 5, 5], 0),
        ([0, 0, 0], 0),
        ([1, 2, 3, 4], 1),
        ([1, 4, 9, 16, 25], 2),
        ([1, 4, 9, 16], None),
        ([1, 2, 4, 8, 16, 32], None),
    ],
)
def test_degree_needs_two_values_more_than_it_takes(values: list[int], expected: int | None) -> None:
    assert degree(values) == expected


@given(st.data())
def test_interpolation_finds_every_polynomial_again(data: st.DataObject) -> None:
    letters = ["a", "b", "c"][: data.draw(st.integers(1, 3))]
    degrees = [data.draw(st.integers(0, 3)) for _ in letters]
    powers = st.tuples(*[st.integers(0, most) for most in degrees])
    formula = of(" ".join(letters), data.draw(st.dictionaries(powers, st.integers(-50, 50), max_size=6)))
    bases = [data.draw(st.integers(1, 300)) for _ in letters]
    steps = [data.draw(st.integers(1, 64)) for _ in letters]

    def value(counts: tuple[int, ...]) -> int:
        return int(
            formula(*(base + count * step for base, count, step in zip(bases, counts, steps, strict=True)))
        )

    assert interpolated(letters, bases, steps, degrees, value) == formula
