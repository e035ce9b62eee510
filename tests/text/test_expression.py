"""Expressions: exact arithmetic, refused with a place where it cannot be done."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.text import ExpressionError, is_expression, parse_expression
from tests._each import each
from tests._work import at_most

NAMES: dict[str, Any] = {
    "width": 64,
    "half": 0.5,
    "kind": "wide",
    "on": True,
    "off": False,
    "none": None,
    "pair": [1, 2],
    "i": 3,
}
NAMES |= {"in.channels": 256, "in.height": 28, "big": 10**9}


def value(text: str) -> Any:
    return parse_expression(text).evaluate(NAMES.__getitem__)


@each(
    ("text", "expected"),
    [
        *[("$width * 4", 256), ("$in.channels / 4", 64), ("10 / 4", Fraction(5, 2)), ("$width * $half", 32)],
        *[
            ("round_to(32 * $half, 8)", 16),
            ("0.1 + 0.2 == 0.3", True),
            ("1 / 3 * 3", 1),
            ("1e-3", Fraction(1, 1000)),
        ],
        *[
            ("-7 // 2", -4),
            ("-7 % 3", 2),
            ("7 % 2.5", 2),
            ("- - 3", 3),
            ("2 + 3 * 4", 14),
            ("(2 + 3) * 4", 20),
        ],
        *[
            ("10 - 3 - 2", 5),
            ("16 / 4 / 2", 2),
            ("max(1, 2.5, $i)", 3),
            ("min($width, 8)", 8),
            ("abs(-3)", 3),
        ],
        *[("floor(7 / 2)", 3), ("ceil(7 / 2)", 4), ("$kind == 'wide'", True), ('$kind != "slim"', True)],
        *[("$on and not $off", True), ("$off or 1 < 2", True), ("not 1 == 2", True), ("1 == true", False)],
        *[
            ("$none == null", True),
            ("$kind", "wide"),
            ("$pair", (1, 2)),
            ("$on", True),
            ("$half", Fraction(1, 2)),
        ],
        *[("$off and 1 / 0 == 1", False), ("$on or 1 / 0 == 1", True), ("2.0", 2), (" $i ", 3), ("1+1", 2)],
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected
    assert type(value(text)) is type(expected)


@each(
    ("text", "offset", "length", "words"),
    [
        ("4 ^ 2", 2, 1, "power"),
        ("$i = 3", 3, 1, "=="),
        ("$on && $off", 4, 2, "and"),
        ("$on || $off", 4, 2, "or"),
        ("!$on", 0, 1, "not"),
        ("ciel($i)", 0, 4, "ceil"),
        ("4 * $", 4, 1, "$name"),
        ("$in.chanels", 0, 11, "$in.channels"),
        ("$in", 0, 3, "$in.channels"),
        ("$width.x + 1", 0, 8, "only `$in`"),
        ("(1 + 2", 0, 1, "not closed"),
        ("1 + 2)", 5, 1, "not expected"),
        ("4 *", 3, 1, "ends"),
        ("", 0, 1, "ends"),
        ("4 + half", 4, 4, "$half"),
        ("4 + 'half", 4, 5, "quote"),
        ("1 < $i < 3", 7, 1, "a < b and b < c"),
        ("1_000 + $i", 0, 5, "1_000"),
        ("round_to(3)", 0, 8, "2 arguments"),
        ("min()", 0, 3, "at least 1"),
        ("5 5", 2, 1, "not expected"),
        ("1 + " + "9" * 19, 4, 19, "18 digits"),
        ("1e999999999", 0, 11, "18 digits"),
        ("$i + \x1b", 5, 1, "\\x1b"),
        ("4 + and", 4, 3, "value"),
        ("f(2)", 0, 1, "min, max"),
    ],
)
def test_syntax_faults_teach(text: str, offset: int, length: int, words: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse_expression(text)
    error = raised.value
    assert (error.offset, error.length) == (offset, length)
    assert words in f"{error.message} {error.help}"


@each(
    ("text", "offset", "words"),
    [
        ("4 + $kind", 2, "`+` needs two numbers, not 4 and wide"),
        ("1 + 1 / 0", 6, "1 / 0: division by zero"),
        ("1 // 0", 2, "division by zero"),
        ("1 % ($i - 3)", 2, "division by zero"),
        ("-$kind", 0, "`-` needs a number, not wide"),
        ("not $i", 0, "`not` needs true or false, not 3"),
        ("$on and $i", 4, "`and` needs true or false, not 3"),
        ("$i or $on", 3, "`or` needs true or false, not 3"),
        ("$on + 1", 4, "not true and 1"),
        ("max(1, $none)", 0, "`max` needs numbers, not null"),
        ("$pair * 2", 6, "not [1, 2] and 2"),
        ("$kind < 'z'", 6, "needs two numbers"),
        ("round_to(3, 0)", 0, "above 0"),
        ("$big * $big * 1", 5, "18 digits"),
        ("1 / $big / $big", 9, "18 digits"),
    ],
)
def test_operand_faults_stand_at_the_operator(text: str, offset: int, words: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        value(text)
    assert raised.value.offset == offset
    assert words in raised.value.message


@each(
    "text",
    [
        "(" * 33 + "1" + ")" * 33,
        "-" * 33 + "1",
        "not " * 33 + "true",
        "1 +" * 400,
        "abs(" * 33 + "1" + ")" * 33,
    ],
)
def test_depth_and_length_are_bounded(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_expression(text)


def test_what_is_within_the_bounds_is_computed() -> None:
    assert value("(" * 32 + "1" + ")" * 32) == 1
    assert value("+".join("1" * 500)) == 500
    assert value("not " * 32 + "true") is True


@each(
    ("text", "expected"),
    [
        ("2 ** 10", 1024),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 * 3 ** 2", 18),
        ("(1 + 1) ** $i", 8),
        ("$half ** 2", Fraction(1, 4)),
        ("0 ** 0", 1),
        ("10 ** 17", 10**17),
    ],
)
def test_powers_are_pythons(text: str, expected: Any) -> None:
    assert value(text) == expected


@each(
    ("text", "words"),
    [
        ("2 ** -1", "an exponent is a whole number from 0 to 64, not -1"),
        ("2 ** 65", "not 65"),
        ("2 ** 0.5", "not 0.5"),
        ("2 ** $kind", "needs two numbers"),
        ("$big ** 64", "18 digits"),
        ("3 ** $big", "not 1000000000"),
        ("2 **", "ends"),
        (" ** ".join(["1"] * 40), "nested more than"),
    ],
)
def test_powers_that_are_none(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        value(text)


def test_powers_by_multiplication_stop_at_once() -> None:
    with at_most(100_000), pytest.raises(ExpressionError, match="18 digits"):
        value("*".join(["$big"] * 190))
    with at_most(100_000), pytest.raises(ExpressionError, match="18 digits"):
        value("/".join(["$i"] * 300))


def test_names_are_what_is_looked_up() -> None:
    expression = parse_expression("max($width, $in.channels * $i) + $width")
    assert expression.names == {"width", "in.channels", "i"}
    assert expression.place("in.channels") == (12, 12)


@each("text", ["$width", "a$", "max(1, 2)", "1 + round_to(3, 8)"])
def test_expressions_are_known_by_dollar_or_call(text: str) -> None:
    assert is_expression(text)


@each("text", ["conv", "3 + 4", "maximum(1)", "argmax(1)", "Sermanet (2013)", "max", "x.max(1)", ""])
def test_other_scalars_are_not_expressions(text: str) -> None:
    assert not is_expression(text)


def make_divisible(x: float, n: int) -> int:
    """Source: torchvision.models._utils._make_divisible."""
    new = max(n, int(x + n / 2) // n * n)
    return new + n if new < 0.9 * x else new


@given(st.integers(1, 100_000), st.integers(1, 256))
def test_round_to_is_make_divisible(quarters: int, step: int) -> None:
    # Quarters are exact in binary too; the 90% rule is compared where floats are sure.
    x = Fraction(quarters, 4)
    expected = make_divisible(float(x), step)
    if abs(Fraction(expected) - Fraction(9, 10) * x) > Fraction(1, 1000):
        assert value(f"round_to({quarters} / 4, {step})") == expected


PYTHON: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "floor": floor,
    "ceil": ceil,
    "abs": abs,
    "F": Fraction,
}

numbers = st.one_of(
    st.integers(0, 99).map(lambda n: (str(n), f"F({n})")),
    st.decimals(0, 9, places=1, allow_nan=False).map(lambda d: (str(d), f"F('{d}')")),
)
Pair = tuple[str, str]


def combined(children: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    binary = st.tuples(children, st.sampled_from(["+", "-", "*", "/", "//", "%"]), children)
    call = st.tuples(st.sampled_from(["min", "max"]), children, children)
    single = st.tuples(st.sampled_from(["floor", "ceil", "abs", "-"]), children)
    # No parentheses around the operands: precedence is what is compared.
    return st.one_of(
        binary.map(lambda b: (f"{b[0][0]} {b[1]} {b[2][0]}", f"{b[0][1]} {b[1]} {b[2][1]}")),
        call.map(lambda c: (f"{c[0]}({c[1][0]}, {c[2][0]})", f"{c[0]}({c[1][1]}, {c[2][1]})")),
        single.map(lambda s: (f"{s[0]}({s[1][0]})", f"{s[0]}({s[1][1]})")),
    )


@settings(max_examples=500, deadline=None)
@given(st.recursive(numbers, combined, max_leaves=8))
def test_arithmetic_is_pythons_over_fractions(pair: Pair) -> None:
    ours, theirs = pair
    try:
        # floor and ceil give ints, on which Python's own `/` is not exact.
        expected = eval(
            theirs, {**PYTHON, "floor": lambda x: Fraction(floor(x)), "ceil": lambda x: Fraction(ceil(x))}
        )
    except ZeroDivisionError:
        with pytest.raises(ExpressionError):
            value(ours)
        return
    try:
        computed = value(ours)
    except ExpressionError as error:
        right = "18 digits" in error.message
    else:
        right = computed == expected
    assert right


@given(st.text(st.sampled_from("$iwn.019+-*/%()<>=!&|^,'\" andortuefl"), max_size=20))
def test_any_text_is_a_value_or_an_expression_error(text: str) -> None:
    try:
        value(text)
    except (ExpressionError, KeyError):
        return
