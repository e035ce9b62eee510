"""Figures for people."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.analysis import Field, Inexact
from cnncalc.render.figures import axes, exact, in_units, receptive, short, size


@pytest.mark.parametrize(
    ("value", "text"), [(None, "?"), (0, "0"), (999, "999"), (1000, "1,000"), (138_344_128, "138,344,128")]
)
def test_exact(value: int | None, text: str) -> None:
    assert exact(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "?"),
        (0, "0"),
        (999_999, "999,999"),
        (1_000_000, "1.0M"),
        (3_211_264, "3.2M"),
        (999_949_999, "999.9M"),
        (15_470_264_320, "15.47G"),
        (1_200_000_000_000, "1.20T"),
        (10**18, "1.00e+18"),
    ],
)
def test_short(value: int | None, text: str) -> None:
    assert short(value) == text


@given(st.integers(0, 10**15))
def test_short_is_near(value: int) -> None:
    text = short(value).replace(",", "")
    unit = {"M": 10**6, "G": 10**9, "T": 10**12}.get(text[-1], 1)
    assert abs(float(text.rstrip("MGT")) * unit - value) <= 0.05 * unit


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "?"),
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.00 KiB"),
        (60_950_432, "58.13 MiB"),
        (1 << 30, "1.00 GiB"),
        (5 << 40, "5.00 TiB"),
        (1 << 50, "1.00 PiB"),
        (1 << 70, "1048576.00 PiB"),
    ],
)
def test_size(count: int | None, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [((3, 3), "3"), ((3, 1), "3x1"), ((7,), "7"), ((1, 2, 2), "1x2x2"), ((Fraction(1, 2),) * 2, "1/2")],
)
def test_axes(values: tuple[Any, ...], text: str) -> None:
    assert axes(values) == text


def field(*phases: tuple[int, int], positions: int = 64, fixed: tuple[int, int] | None = None) -> Field:
    """A field on an image of 64 pixels."""
    return Field(phases, len(phases), 1, 0, positions, 64, fixed=fixed)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (None, "?"),
        ((), ""),
        ((field((-90, 121)),) * 2, "212"),
        ((field((0, 2)), field((0, 6))), "3x7"),
        ((field((-1, 1), (-1, 3)),) * 2, "3-5"),
        ((field((-1, 1), (-1, 3)), field((0, 1))), "3-5x2"),
        # Where there is one position alone, no other sees more.
        ((field((-1, 1), (-1, 3), positions=1),), "3"),
        ((field((-4, 3), fixed=(0, 63)),) * 2, "all"),
        ((field((-4, 3), fixed=(0, 61)),), "62-64"),
    ],
)
def test_receptive(fields: tuple[Field, ...] | None, text: str) -> None:
    assert receptive(fields) == text


def test_a_bound_is_marked() -> None:
    assert receptive((field((0, 2)),), Inexact("bound", "fractional_maxpool1", at_most=3)) == "<=3"


@pytest.mark.parametrize(
    ("units", "count", "text"),
    [
        ("iec", 60_950_432, "58.13 MiB"),
        ("si", 60_950_432, "60.95 MB"),
        ("both", 60_950_432, "58.13 MiB (60.95 MB)"),
        ("si", 999, "999 bytes"),
        ("si", 1000, "1.00 kB"),
        ("both", 999, "999 bytes"),
        ("both", 1000, "1000 bytes (1.00 kB)"),
        ("si", 10**15, "1.00 PB"),
    ],
)
def test_size_in_units_that_were_asked_for(units: str, count: int, text: str) -> None:
    with in_units(units):
        assert size(count) == text
    assert size(60_950_432) == "58.13 MiB"


@given(st.integers(0, 10**18))
def test_both_units_mean_one_size(count: int) -> None:
    scales = dict(
        zip(("KiB", "MiB", "GiB", "TiB", "PiB"), (1024**power for power in range(1, 6)), strict=True)
    )
    scales |= dict(zip(("kB", "MB", "GB", "TB", "PB"), (1000**power for power in range(1, 6)), strict=True))
    for units in ("iec", "si"):
        with in_units(units):
            number, unit = size(count).split()
        scale = scales.get(unit, 1)
        assert abs(float(number) * scale - count) <= 0.0051 * scale
