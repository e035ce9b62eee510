"""Words that only YAML 1.1 reads as a number or a date. Loaded only for a scalar that looks like one.

Source: https://yaml.org/type/ (int, float, timestamp).
"""

import re

from cnncalc.text.numbers import RefusedScalar, in_base, number
from cnncalc.text.source import escaped
from cnncalc.text.tree import Plain

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


def old(text: str) -> Plain | RefusedScalar:
    """The refusal of `text`, or `text` itself if it is a word in YAML 1.1 too."""
    shown = escaped(text)
    if _BINARY.fullmatch(text) or _SIGNED_HEX.fullmatch(text):
        sign = "-" if text[0] == "-" else ""
        bare = text.lstrip("+-").replace("_", "")
        if len(bare) == 2:
            return RefusedScalar(f"`{shown}` is a number only in YAML 1.1", text)
        value = in_base(bare)
        if isinstance(value, int):
            return RefusedScalar(
                f"`{shown}` is {sign}{value} in YAML 1.1 and a word in YAML 1.2", text, (f"{sign}{value}",)
            )
        return value
    if _GROUPED.fullmatch(text):
        return _grouped(text)
    if _SEXAGESIMAL.fullmatch(text):
        return RefusedScalar(f"`{shown}` is a number in base 60 in YAML 1.1 and a word in YAML 1.2", text)
    if _DATE.fullmatch(text):
        return RefusedScalar(f"`{shown}` is a date in YAML 1.1 and a word in YAML 1.2", text)
    if _INFINITE.fullmatch(text):
        return RefusedScalar(
            f"`{shown}` is not a finite number; YAML 1.1 and 1.2 readers disagree on it", text
        )
    return text


def _grouped(text: str) -> RefusedScalar:
    """`1_000`: digits in groups."""
    shown, bare = escaped(text), text.replace("_", "")
    value: Plain | RefusedScalar = number(bare)
    if value is None:
        value = bare
    if isinstance(value, RefusedScalar):
        return value if value.too_long else RefusedScalar(f"`{shown}` is a number only in YAML 1.1", text)
    reason = f"`{shown}` is {bare} in YAML 1.1 and a word in YAML 1.2"
    return RefusedScalar(reason, value, (bare,) if isinstance(value, int | float) else ())
