"""Reads a number, a list of numbers or padding of a spec, or says why it is none."""

from math import ceil, floor

from cnncalc.exact import is_fraction, plain, shown
from cnncalc.vocabulary.values import SIDES, Padding, Sides, Standardization, Value

# Help for a computed value that is not whole.
WHOLE = "it must be a whole number: `floor(...)` and `//` round down, `round_to(..., n)` rounds to a multiple of n"
# For numbers from here on, the message does not suggest a whole number near it.
MANY = 1e15
# The words for padding that follows from the window.
PADDING_WORDS = ("half", "same", "valid", "causal")


class Refused(ValueError):
    """A value that a field does not accept: the message ends "must be ..., not"; `instead` is a replacement text."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.help, self.instead = help, instead


def integer(value: Value, low: int) -> int:
    value = plain(value)
    if is_fraction(value):
        raise Refused(shown(value), WHOLE)
    if isinstance(value, float) and value.is_integer() and value >= low:
        raise Refused(shown(value), f"write {int(value)}", str(int(value)))
    if isinstance(value, float) and low <= value < MANY:
        raise Refused(shown(value), f"write a whole number, such as {floor(value)} or {ceil(value)}")
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise no_number(value)
    return value


def number(value: Value, low: float | None, high: float | None) -> float:
    if isinstance(value, bool) or not (isinstance(value, int | float) or is_fraction(value)):
        raise no_number(value)
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(shown(value))
    return float(value)


def no_number(value: Value) -> Refused:
    """A value that should be a number. Text that looks like a number gets its own message."""
    if not isinstance(value, str):
        return Refused(shown(value))
    if value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 19:
        return Refused(f'"{value}", which is text', f"write {value} without quotes", value)
    if any(sign.isdigit() for sign in value) and not any(sign.isalpha() for sign in value):
        return Refused(value, "an expression is computed only if it contains `$` or a call: write its value")
    return Refused(value)


def per_axis(value: Value, low: int) -> int | tuple[int, ...]:
    if isinstance(value, tuple):
        if not 1 <= len(value) <= 3:
            raise Refused(f"a list of {len(value)}")
        return tuple(integer(item, low) for item in value)
    if isinstance(value, str):
        parts = value.replace("×", "x").split("x")
        if 1 < len(parts) <= 3 and all(part.isascii() and part.isdecimal() for part in parts):
            listed = f"[{', '.join(parts)}]"
            same = f"{parts[0]} or " if len(set(parts)) == 1 else ""
            raise Refused(value, f"write {same}{listed}", listed)
    return integer(value, low)


def factor(value: Value, low: int) -> float:
    """A number, whole ones exactly: from 1, or (`low` 0) any above 0."""
    value = plain(value)
    if isinstance(value, bool) or not (isinstance(value, int | float) or is_fraction(value)):
        raise no_number(value)
    if value < low or value <= 0 or (isinstance(value, float) and not value < MANY):
        help = "`resize: {scale: 0.5}` makes axes shorter" if 0 < value < low else None
        raise Refused(shown(value), help if low else "a factor below 1, such as 0.5, makes axes shorter")
    number = float(value)
    return value if isinstance(value, int) else int(number) if number.is_integer() else number


def factors(value: Value, low: int) -> float | tuple[float, ...]:
    if isinstance(value, tuple):
        if not 1 <= len(value) <= 3:
            raise Refused(f"a list of {len(value)}")
        return tuple(factor(item, low) for item in value)
    # `2x3` gets the help that it has as a size.
    return per_axis(value, 1) if isinstance(value, str) and "x" in value else factor(value, low)


def dilation(value: Value) -> int | tuple[int, ...]:
    given = value if isinstance(value, tuple) else (value,)
    if any(number == 0 and not isinstance(number, bool) for number in given):
        dense = tuple(1 if number == 0 and not isinstance(number, bool) else number for number in given)
        instead = shown(dense if isinstance(value, tuple) else dense[0])
        why = (
            "it is the distance between two kernel elements; the course notes count the gap, and their 0 is 1"
        )
        raise Refused(shown(value), f"write {instead}: {why}", instead)
    return per_axis(value, 1)


def padding(value: Value) -> "Padding":
    if isinstance(value, dict):
        if unknown := [key for key in value if key not in SIDES]:
            raise Refused(f"a mapping with {unknown[0]}: its sides are {', '.join(SIDES)}")
        return Sides(**{side: integer(value.get(side, 0), 0) for side in SIDES})
    if isinstance(value, str) and value in PADDING_WORDS:
        return value
    return per_axis(value, 0)


def plain_padding(value: Value) -> "Padding":
    if isinstance(value, str) and value in PADDING_WORDS:
        raise Refused(f"{value}, which needs a window, and there is none here")
    return padding(value)


def flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Refused(shown(value))
    return value


def standardization(value: Value) -> Standardization | bool:
    if value is True:
        return Standardization()
    if not isinstance(value, dict):
        return flag(value)
    plain = {"gain": False, "gamma": 1.0, "eps": 1e-6}
    if unknown := [key for key in value if key not in plain]:
        raise Refused(f"a mapping with {unknown[0]}: its keys are {', '.join(plain)}")
    given = plain | value
    gain, gamma, eps = (
        flag(given["gain"]),
        number(given["gamma"], 0.0, None),
        number(given["eps"], 0.0, None),
    )
    if "gamma" in value and not gain:
        raise Refused("gamma without a gain", "gamma scales the gain: write `gain: true` beside it")
    return Standardization(gain=gain, gamma=gamma, eps=eps)
