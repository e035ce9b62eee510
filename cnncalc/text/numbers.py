"""Numbers of YAML 1.2's core schema, and why a scalar is refused.

Source: YAML 1.2.2 section 10.3.2.
"""

import re
from math import isinf

from cnncalc.record import NamedTuple
from cnncalc.text.tree import Plain

DIGITS = 18
"""The most digits of an integer."""

# Compiled when a scalar first needs them: words and small numbers do not need them.
_INTEGER = r"[-+]?[0-9]+"
_BASED = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"


class RefusedScalar(NamedTuple):
    """A refused plain scalar. `value` is its likely meaning; `spellings` are unambiguous ways to write it."""

    reason: str
    value: Plain
    spellings: tuple[str, ...] = ()
    too_long: bool = False
    # Whether every reader sees a word if it is a key.
    word: bool = False


# What a number may begin with. (Most scalars are words, and need none of the patterns.)
_FIRST = frozenset("+-.0123456789")


def number(text: str) -> int | float | RefusedScalar | None:
    """The number of a scalar, or why it is refused; None if it is not a number in YAML 1.2."""
    if text[:1] not in _FIRST:
        return None
    if re.fullmatch(_INTEGER, text):
        return _integer(text)
    if re.fullmatch(_FLOAT, text):
        value = float(text)
        if isinf(value):
            return RefusedScalar(
                "the number is larger than 1.8e308, the largest of a float64", None, too_long=True
            )
        return value
    if re.fullmatch(_BASED, text):
        return in_base(text)
    return None


def _integer(text: str) -> int | RefusedScalar:
    digits = text.lstrip("+-")
    if len(digits) > DIGITS:
        return _too_long(digits)
    value = int(text)
    if digits[0] != "0" or digits == "0":
        return value
    if not digits.strip("01234567"):
        octal = int(text, 8)
        reason = f"`{text}` is {octal} in YAML 1.1 (octal) and {value} in YAML 1.2"
        return RefusedScalar(reason, value, tuple(dict.fromkeys((str(value), str(octal)))))
    return RefusedScalar(f"`{text}` is a word in YAML 1.1 and {value} in YAML 1.2", value, (str(value),))


def in_base(digits: str) -> int | RefusedScalar:
    """`0x1F`, `0o17`, `0b11`."""
    if len(digits) > 64:
        return _too_long(digits[2:])
    value = int(digits, 0)
    return value if abs(value) < 10**DIGITS else _too_long(str(abs(value)))


def _too_long(digits: str) -> RefusedScalar:
    return RefusedScalar(f"the number has {len(digits):,} digits; the limit is {DIGITS}", None, too_long=True)
