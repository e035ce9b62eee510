"""Exact arithmetic for expressions: integers and fractions of at most 18 digits, flags and words."""

from collections.abc import Callable
from math import ceil, floor
from operator import add, floordiv, ge, gt, le, lt, mod, mul, sub
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc.exact import fraction, is_fraction
from cnncalc.exact import shown as spelt
from cnncalc.text.source import escaped

if TYPE_CHECKING:
    from fractions import Fraction

Value: TypeAlias = "int | Fraction | bool | str | tuple[Any, ...] | None"
"""The values of expressions. Whole numbers are always int."""

DIGITS = 18
_BOUND = 10**DIGITS
HIGHEST = 64
"""The highest exponent."""


class Misfit(Exception):
    """An operation that is not possible with its operands. Becomes an ExpressionError with a place."""


def shown(value: Value) -> str:
    """A value in a message: as a spec writes it, without control characters."""
    return escaped(spelt(value))


def is_number(value: object) -> bool:
    return type(value) is int or is_fraction(value)


def bounded(number: "int | Fraction") -> "int | Fraction":
    """The number, a whole one as int. Raises `Misfit` if its numerator or denominator is too long."""
    if is_fraction(number):
        if number.denominator == 1:
            number = number.numerator
        elif number.denominator >= _BOUND or not -_BOUND < number.numerator < _BOUND:
            raise Misfit(f"the result needs more than {DIGITS} digits")
        else:
            return number
    if not -_BOUND < number < _BOUND:
        raise Misfit(f"the result has more than {DIGITS} digits")
    return number


def exact(value: Any) -> Value:
    """A value from outside: a decimal becomes the exact fraction of its text."""
    if type(value) is float:
        return bounded(fraction(repr(value)))
    return bounded(value) if is_number(value) else tuple(value) if type(value) is list else value


def round_to(number: Any, step: Any) -> Any:
    """The multiple of `step` nearest to `number`, at least one step, never more than 10% below it.

    Source: `make_divisible` of TensorFlow's MobileNet, which torchvision copied.
    """
    if step <= 0:
        raise Misfit(f"`round_to` needs a step above 0, not {shown(step)}")
    rounded = max(step, floor((number + fraction(step, 2)) / step) * step)
    return rounded + step if rounded < fraction(9, 10) * number else rounded


def _divide(left: Any, right: Any) -> Any:
    return fraction(left, right)


def _power(base: Any, exponent: Any) -> Any:
    if type(exponent) is not int or not 0 <= exponent <= HIGHEST:
        raise Misfit(f"an exponent is a whole number from 0 to {HIGHEST}, not {shown(exponent)}")
    return fraction(base) ** exponent


NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": sub,
    "*": mul,
    "/": _divide,
    "//": floordiv,
    "%": mod,
    "**": _power,
}
ORDER: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}

FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int | None]] = {
    "min": (lambda *numbers: min(numbers), 1, None),
    "max": (lambda *numbers: max(numbers), 1, None),
    "floor": (floor, 1, 1),
    "ceil": (ceil, 1, 1),
    "abs": (abs, 1, 1),
    "round_to": (round_to, 2, 2),
}
"""Name -> (function, fewest arguments, most arguments)."""


def binary(symbol: str, left: Value, right: Value) -> Value:
    """`left symbol right`. Raises Misfit if the operands do not fit."""
    if symbol == "==" or symbol == "!=":
        # true is not 1 here, as in the spec.
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same == (symbol == "==")
    if not (is_number(left) and is_number(right)):
        raise Misfit(f"`{symbol}` needs two numbers, not {shown(left)} and {shown(right)}")
    if symbol in ORDER:
        return ORDER[symbol](left, right)
    if right == 0 and symbol in ("/", "//", "%"):
        raise Misfit(f"{shown(left)} {symbol} 0: division by zero")
    return bounded(NUMERIC[symbol](left, right))


def negative(value: Any) -> Value:
    if not is_number(value):
        raise Misfit(f"`-` needs a number, not {shown(value)}")
    return bounded(-value)


def flag(value: Value, symbol: str) -> bool:
    if not isinstance(value, bool):
        raise Misfit(f"`{symbol}` needs true or false, not {shown(value)}")
    return value


def call(name: str, arguments: list[Value]) -> Value:
    for argument in arguments:
        if not is_number(argument):
            raise Misfit(f"`{name}` needs numbers, not {shown(argument)}")
    return bounded(FUNCTIONS[name][0](*arguments))
