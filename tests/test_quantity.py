"""One grammar of counts and sizes: what is read is exact, what is refused says what to write."""

from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.quantity import COUNTS, MOST, SIZES, BadQuantity, count, size


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("25M", 25 * 10**6),
        ("4.1G", 41 * 10**8),
        ("1e9", 10**9),
        ("30 M", 30 * 10**6),
        ("25,000,000", 25_000_000),
    ],
)
def test_a_count(text: str, number: int) -> None:
    assert count(text) == number


@pytest.mark.parametrize(
    ("text", "instead"),
    [("8G", ("8GiB", "8GB")), ("8", ("8GiB", "8GB")), ("64K", ("64KiB", "64kB")), ("9e9", ("9e9B",))],
)
def test_a_size_without_its_unit_is_refused_with_both_readings(text: str, instead: tuple[str, ...]) -> None:
    with pytest.raises(BadQuantity, match="unit") as refused:
        size(text)
    assert refused.value.instead == instead
    for way in instead:
        size(way)


@pytest.mark.parametrize(
    "text",
    [
        "2,5",
        "25,00",
        "1,0000",
        "1__0",
        "_1",
        ".",
        "",
        "e5",
        "1e100",
        "nan",
        "inf",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ],
)
def test_no_number(text: str) -> None:
    with pytest.raises(BadQuantity, match="is not a number"):
        count(text)


@given(st.integers(0, 10**9), st.sampled_from(sorted(COUNTS)), st.booleans(), st.sampled_from(["", " "]))
def test_case_commas_and_space_change_nothing(number: int, unit: str, commas: bool, space: str) -> None:
    written = f"{number:,}" if commas else str(number)
    for spelled in (unit.upper(), unit.lower()):
        assert count(f"{written}{space}{spelled}") == number * COUNTS[unit]


@given(st.decimals(0, 1000, places=3), st.sampled_from(sorted(SIZES)))
def test_sizes_are_exact(number: object, unit: str) -> None:
    meant = Fraction(str(number)) * SIZES[unit]
    with suppress(BadQuantity):
        assert size(f"{number}{unit}") == meant
    assert meant > MOST or size(f"{number}{unit}") == meant


@given(st.text(max_size=50))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    for read in (count, size):
        with suppress(BadQuantity):
            assert 0 <= read(text) <= MOST
