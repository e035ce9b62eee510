"""Shares, sizes and axes in words."""

import pytest

from cnncalc.figure_words import axes, from_to, grid, percent, size


@pytest.mark.parametrize(
    ("part", "whole", "digits", "text"),
    [
        (74, 100, 0, "74%"),
        (1, 1, 0, "100%"),
        (999, 1000, 0, "over 99%"),
        (1, 1000, 0, "under 1%"),
        (0, 1000, 0, "0%"),
        (22, 1000, 1, "2.2%"),
        (1, 10_000, 1, "less than 0.1%"),
        (5, 10_000, 1, "0.1%"),
        (1, 1, 1, "100.0%"),
        (1234, 100, 1, "1,234.0%"),
    ],
)
def test_percent(part: int, whole: int, digits: int, text: str) -> None:
    assert percent(part, whole, digits) == text


def test_percent_in_a_table_is_rounded_alone() -> None:
    assert percent(1, 10_000, 1, in_a_table=True) == "0.0%"
    assert percent(9_999, 10_000, 1, in_a_table=True) == "100.0%"


@pytest.mark.parametrize(
    ("nbytes", "iec", "si"),
    [
        (0, "0 bytes", "0 bytes"),
        (1, "1 byte", "1 byte"),
        (1000, "1000 bytes", "1.00 kB"),
        (60_950_432, "58.13 MiB", "60.95 MB"),
        (10**18, "888.18 PiB", "1000.00 PB"),
    ],
)
def test_size(nbytes: int, iec: str, si: str) -> None:
    assert (size(nbytes), size(nbytes, "si")) == (iec, si)


def test_along_axes() -> None:
    assert (grid((7, 7)), axes((7, 7)), axes((3, 1)), axes((5,))) == ("7x7", "7", "3x1", "5")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("bottleneck2", "bottleneck3", "bottleneck2..3"),
        ("inception3a", "inception3b", "inception3a..3b"),
        ("stage1.unit9", "stage1.unit10", "stage1.unit9..10"),
        ("down1", "up4", "down1..up4"),
        ("first", "last", "first..last"),
    ],
)
def test_a_run_of_names(first: str, last: str, words: str) -> None:
    assert from_to(first, last) == words
