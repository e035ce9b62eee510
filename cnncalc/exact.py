"""Exact numbers, and values as written in a spec.

`fractions` is imported when a fraction is first needed: most runs need none, and start-up is faster.
"""

from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    from fractions import Fraction


WHOLE = 10**18
"""Integers from here on are written with a few digits: no number in a spec is larger."""


def is_fraction(value: object) -> "TypeGuard[Fraction]":
    """Whether a value is a fraction (whole numbers are int, and floats have no denominator)."""
    return not isinstance(value, int) and hasattr(value, "denominator")


def fraction(numerator: Any, denominator: Any = 1) -> "Fraction":
    """The fraction of two numbers; a decimal text is exact: `0.1` is 1/10."""
    from fractions import Fraction

    return Fraction(numerator) / denominator if denominator != 1 else Fraction(numerator)


def plain(value: Any) -> Any:
    """A whole fraction as int; any other value unchanged."""
    return value.numerator if is_fraction(value) and value.denominator == 1 else value


def shown(value: Any) -> str:
    """A value as written in a spec; a fraction as a decimal if that is exact, else as `1/3`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if is_fraction(value):
        decimal = repr(float(value))
        return decimal if fraction(decimal) == value else f"{value.numerator}/{value.denominator}"
    if isinstance(value, int) and abs(value) >= WHOLE:
        return _rounded(value)
    return str(value)


def counted(count: int, noun: str) -> str:
    """A count and its noun, with an s unless the count is one: `1 layer`, `2 layers`, `1 input channel`."""
    return f"{grouped(count)} {noun}{'' if count == 1 else 's'}"


def grouped(value: float) -> str:
    """A number for people, with its digits in groups: `138,344,128`; from 10^18 on `1.38e+20`."""
    return _rounded(value) if isinstance(value, int) and abs(value) >= WHOLE else f"{value:,}"


def _rounded(value: int) -> str:
    """`1.38e+20`: for integers of any size. (Python writes none of more than 4,300 digits.)"""
    from math import floor, log10

    power = log10(abs(value))
    exponent = floor(power)
    digits = f"{10 ** (power - exponent):.2f}"
    if digits == "10.00":
        digits, exponent = "1.00", exponent + 1
    return f"{'-' * (value < 0)}{digits}e+{exponent}"
