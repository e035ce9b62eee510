"""Exact numbers, and values as written in a spec."""

import json
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.exact import counted, fraction, grouped, is_fraction, plain, shown
from tests._each import each
from tests.commands._program import run


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


@each(
    ("value", "text"),
    [
        (0, "0"),
        (-1234, "-1,234"),
        (138_344_128, "138,344,128"),
        (10**18 - 1, "999,999,999,999,999,999"),
        (10**18, "1.00e+18"),
        (-(10**18), "-1.00e+18"),
        (138 * 10**18 + 344, "1.38e+20"),
        (99_999 * 10**30, "1.00e+35"),
        (12 * 10**399, "1.20e+400"),
        (1234.5, "1,234.5"),
    ],
)
def test_a_number_for_people_has_at_most_18_digits(value: float, text: str) -> None:
    assert grouped(value) == text


def test_a_number_with_more_digits_than_python_writes_is_short() -> None:
    assert grouped(10**20_000 * 12) == "1.20e+20001"


def test_counts_and_values_that_are_huge_are_short() -> None:
    assert counted(10**30, "value") == "1.00e+30 values"
    assert shown([10**30, 3]) == "[1.00e+30, 3]"
    assert shown(10**18 - 1) == "999999999999999999"


@given(st.integers(10**18, 10**600))
def test_a_rounded_number_is_near_the_exact_one(value: int) -> None:
    assert abs(Fraction(Decimal(grouped(value))) / value - 1) < Fraction(6, 1000)


# Rooms whose messages and tables have figures of networks. Counts of layers and files have no limit of their own.
ROOMS = ("rules", "render", "analysis", "vocabulary", "layers", "memory")
# Names of findings, rows and digits of a plot.
COUNTED = ("render/findings/statistics.py", "render/comparison/text.py", "render/comparison/markdown.py")


def test_figures_of_networks_are_grouped_in_one_place() -> None:
    package = Path(cnncalc.__file__).parent
    files = [path for room in ROOMS for path in (package / room).rglob("*.py")]
    assert len(files) > 100
    for path in files:
        if path.relative_to(package).as_posix() not in COUNTED:
            assert not re.search(r":,\}", path.read_text(encoding="utf-8")), f"{path}: write grouped(...)"


HUGE = """cnncalc: 1
input: 999999999999999x999999999999999x999999999999999999
layers:
  - conv: {filters: 999999999999999999, kernel: 999999999999, padding: same}
  - conv: {filters: 99999999999999999, kernel: 999999999999, padding: same, act: relu}
"""


@each("command", ["inspect", "memory", "validate", "explain"])
def test_no_figure_of_a_huge_network_is_printed_with_all_its_digits(command: str, tmp_path: Path) -> None:
    (tmp_path / "huge.yaml").write_text(HUGE, encoding="utf-8")
    ended = run(command, str(tmp_path / "huge.yaml"), *(["conv1"] if command == "explain" else []))
    assert ended.status in (0, 1), ended.err
    # A size along one axis has up to 18 digits, and is a number of the spec.
    longest = max(re.findall(r"\d+", ended.out.replace(",", "")), key=len)
    assert len(longest) <= 18, longest


def test_figures_in_json_are_exact(tmp_path: Path) -> None:
    (tmp_path / "huge.yaml").write_text(HUGE, encoding="utf-8")
    ended = run("inspect", str(tmp_path / "huge.yaml"), "--format", "json")
    side, filters, fewer = 999999999999, 10**18 - 1, 10**17 - 1
    weights = side**2 * filters * filters + filters + side**2 * filters * fewer + fewer
    assert json.loads(ended.out)["totals"]["params"] == weights
