"""Numbers of YAML 1.2's core schema, and why a scalar is refused.

Source: YAML 1.2.2 section 10.3.2.
"""

from math import isinf

from cnncalc.record import NamedTuple
from cnncalc.text.tree import Plain

DIGITS = 18
"""The most digits of an integer."""


class RefusedScalar(NamedTuple):
    """A refused plain scalar. `value` is its likely meaning; `spellings` are unambiguous ways to write it."""

    reason: str
    value: Plain
    spellings: tuple[str, ...] = ()
    too_long: bool = False
    # Whether every reader sees a word if it is a key.
    word: bool = False
    # What to write where there is no other spelling.
    help: str | None = None


# The characters of decimal numbers, of the digits in other bases, and what a number may begin with. (Most scalars are
# words. With only these characters Python's own `float` reads what YAML 1.2 reads.)
_DECIMAL = frozenset("+-.0123456789eE")
_IN_BASE = {"0o": frozenset("01234567"), "0x": frozenset("0123456789abcdefABCDEF")}
_FIRST = frozenset("+-.0123456789")


def number(text: str) -> int | float | RefusedScalar | None:
    """The number of a scalar, or why it is refused; None if it is not a number in YAML 1.2."""
    if text[:1] not in _FIRST:
        return None
    if not _DECIMAL.issuperset(text):
        digits = _IN_BASE.get(text[:2])
        return in_base(text) if digits and len(text) > 2 and digits.issuperset(text[2:]) else None
    if text.isdecimal() or (text[1:].isdecimal() and text[0] in "+-"):
        return _integer(text)
    try:
        value = float(text)
    except ValueError:
        return None
    if isinf(value):
        return RefusedScalar(
            "the number is larger than the largest float64, which is about 1.797e308",
            None,
            too_long=True,
            help="write a smaller number",
        )
    return value


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
    reason = f"the number has {len(digits):,} digits; the limit is {DIGITS}"
    return RefusedScalar(reason, None, too_long=True, help=f"write a number of at most {DIGITS} digits")
