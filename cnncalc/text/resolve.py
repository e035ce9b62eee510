"""What a plain scalar is: YAML 1.2's core schema, less everything that YAML 1.1 reads differently.

Sources: YAML 1.2.2 section 10.3.2 (core schema) and https://yaml.org/type/ (YAML 1.1: bool, int, float,
timestamp, value). Quoted scalars never come here; they are strings.
"""

import re
from dataclasses import dataclass
from math import isinf

from cnncalc.text.tree import Plain

DIGITS = 18
"""Digits of an integer at most."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")

# YAML 1.1 alone: these are strings to YAML 1.2 (a leading zero and `.inf` are told apart below).
_SIGNED_HEX = re.compile(r"[-+]0x[0-9a-fA-F_]+")
_BINARY = re.compile(r"[-+]?0b[01_]+")
_GROUPED = re.compile(
    r"(?=[^_]*_)[-+]?(?:0x[0-9a-fA-F_]+|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9][0-9_]*)"
)
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?"
)
_INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Refused:
    """A plain scalar that is not taken. `value` is its likely meaning; `spellings` are unambiguous ones."""

    reason: str
    value: Plain
    spellings: tuple[str, ...] = ()
    too_long: bool = False


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
            f"`{_word}` is {_modern} in YAML 1.1 and a word in YAML 1.2", _meaning, (_modern,)
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
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if isinf(number):
            return Refused("the number is larger than 1.8e308, the largest of a float64", None, too_long=True)
        return number
    if _BASED.fullmatch(text):
        return _in_base(text, text)
    return _old(text)


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


def _in_base(text: str, digits: str) -> int | Refused:
    """`0x1F`, `0o17`, and with a sign or underscores what YAML 1.1 makes of them."""
    if len(digits) > 64:
        return _too_long(digits[2:])
    value = int(digits, 0)
    return value if abs(value) < 10**DIGITS else _too_long(str(abs(value)))


def _old(text: str) -> Plain | Refused:
    """What only YAML 1.1 takes for a number or a date."""
    if _BINARY.fullmatch(text) or _SIGNED_HEX.fullmatch(text):
        sign = "-" if text[0] == "-" else ""
        bare = text.lstrip("+-").replace("_", "")
        value = _in_base(text, bare) if len(bare) > 2 else text
        if isinstance(value, int):
            return Refused(
                f"`{text}` is {sign}{value} in YAML 1.1 and a word in YAML 1.2", text, (f"{sign}{value}",)
            )
        return value
    if _GROUPED.fullmatch(text):
        return _grouped(text)
    if _SEXAGESIMAL.fullmatch(text):
        return Refused(f"`{text}` is a number to the base 60 in YAML 1.1 and a word in YAML 1.2", text)
    if _DATE.fullmatch(text):
        return Refused(f"`{text}` is a date in YAML 1.1 and a word in YAML 1.2", text)
    if _INFINITE.fullmatch(text):
        return Refused(f"`{text}` is not a finite number; YAML 1.1 and 1.2 readers disagree on it", text)
    return text


def _grouped(text: str) -> Refused:
    """`1_000`: digits in groups."""
    bare = text.replace("_", "")
    value = resolve(bare)
    if isinstance(value, Refused):
        return value if value.too_long else Refused(f"`{text}` is a number only in YAML 1.1", text)
    reason = f"`{text}` is {bare} in YAML 1.1 and a word in YAML 1.2"
    return Refused(reason, value, (bare,) if isinstance(value, int | float) else ())


def _too_long(digits: str) -> Refused:
    return Refused(f"the number has {len(digits):,} digits; at most {DIGITS} are read", None, too_long=True)
