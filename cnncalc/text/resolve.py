"""What a plain scalar is: YAML 1.2's core schema, less everything that YAML 1.1 reads differently.

Sources: YAML 1.2.2 section 10.3.2 (core schema) and https://yaml.org/type/ (YAML 1.1: bool, int, float,
timestamp, value). Quoted scalars never come here; they are strings.
"""

import re
from math import isinf

from cnncalc.record import NamedTuple
from cnncalc.text.tree import Plain

DIGITS = 18
"""Digits of an integer at most."""

# Compiled when a scalar first needs them: words and small numbers do not.
_INTEGER = r"[-+]?[0-9]+"
_BASED = r"0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"

# What the numbers and dates of YAML 1.1 alone have, and `224x224x3` has not.
_MARKS = frozenset("_:-+.b")


class Refused(NamedTuple):
    """A plain scalar that is not taken. `value` is its likely meaning; `spellings` are unambiguous ones."""

    reason: str
    value: Plain
    spellings: tuple[str, ...] = ()
    too_long: bool = False
    # Whether it is a word to everyone where it is a key.
    word: bool = False


def _cased(word: str) -> tuple[str, ...]:
    return word, word.capitalize(), word.upper()


_WORDS: dict[str, Plain | Refused] = {"": None, "~": None}
_WORDS.update(dict.fromkeys(_cased("null"), None))
_WORDS.update(dict.fromkeys(_cased("true"), True))
_WORDS.update(dict.fromkeys(_cased("false"), False))
for _meaning, _words in ((True, ("yes", "on", "y")), (False, ("no", "off", "n"))):
    _modern = "true" if _meaning else "false"
    for _word in {cased for word in _words for cased in _cased(word)}:
        _WORDS[_word] = Refused(
            f"`{_word}` is {_modern} in YAML 1.1 and a word in YAML 1.2", _meaning, (_modern,), word=True
        )
_WORDS["="] = Refused("`=` is a default value in YAML 1.1 and a word in YAML 1.2", "=")
_ABSENT = Refused("", None)


def resolve(text: str) -> Plain | Refused:
    """The value of a plain scalar, or why it is refused. Never converts more than a few hundred digits."""
    value = _WORDS.get(text, _ABSENT)
    if value is not _ABSENT:
        return value
    first = text[0]
    if first in "0123456789":
        # Sizes up to 999: the numbers of nearly every spec.
        if len(text) < 4 and text.isdecimal() and text.isascii() and first != "0":
            return int(text)
    elif first not in "+-." or len(text) == 1:
        return text
    return _number(text)


def _number(text: str) -> Plain | Refused:
    """The value of a scalar that starts as a number does."""
    if re.fullmatch(_INTEGER, text):
        return _integer(text)
    if re.fullmatch(_FLOAT, text):
        number = float(text)
        if isinf(number):
            return Refused("the number is larger than 1.8e308, the largest of a float64", None, too_long=True)
        return number
    if re.fullmatch(_BASED, text):
        return in_base(text)
    if _MARKS.isdisjoint(text):
        return text
    from cnncalc.text._yaml_1_1 import old

    return old(text)


def _integer(text: str) -> int | Refused:
    digits = text.lstrip("+-")
    if len(digits) > DIGITS:
        return _too_long(digits)
    value = int(text)
    if digits[0] != "0" or digits == "0":
        return value
    if not digits.strip("01234567"):
        octal = int(text, 8)
        reason = f"`{text}` is {octal} in YAML 1.1 (octal) and {value} in YAML 1.2"
        return Refused(reason, value, tuple(dict.fromkeys((str(value), str(octal)))))
    return Refused(f"`{text}` is a word in YAML 1.1 and {value} in YAML 1.2", value, (str(value),))


def in_base(digits: str) -> int | Refused:
    """`0x1F`, `0o17`, `0b11`."""
    if len(digits) > 64:
        return _too_long(digits[2:])
    value = int(digits, 0)
    return value if abs(value) < 10**DIGITS else _too_long(str(abs(value)))


def _too_long(digits: str) -> Refused:
    return Refused(f"the number has {len(digits):,} digits; at most {DIGITS} are read", None, too_long=True)


def scalar_value(text: str) -> tuple[Plain, str | None]:
    """The value of one word given outside of a spec (`--set`), and what is wrong with it, if anything is."""
    value = resolve(text.strip())
    return (value.value, value.reason) if isinstance(value, Refused) else (value, None)
