"""The value of a plain scalar: YAML 1.2's core schema, without everything that YAML 1.1 reads differently.

Sources: YAML 1.2.2 section 10.3.2 (core schema) and https://yaml.org/type/ (YAML 1.1: bool, int, float,
timestamp, value). Quoted scalars are not resolved; they are strings.
"""

from cnncalc.text.numbers import DIGITS as DIGITS
from cnncalc.text.numbers import RefusedScalar as RefusedScalar
from cnncalc.text.numbers import number
from cnncalc.text.tree import Plain

# Numbers and dates of YAML 1.1 have one of the first characters, which `224x224x3` does not have, and only the second.
_MARKS = frozenset("_:-+.b")
_OLD = frozenset("0123456789abcdefABCDEFxTtZ_:-+. \tinfINFnanNAN")


def _cased(word: str) -> tuple[str, ...]:
    return word, word.capitalize(), word.upper()


_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", *_cased("null"))),
    **dict.fromkeys(_cased("true"), True),
    **dict.fromkeys(_cased("false"), False),
}
# Flags only in YAML 1.1.
_OLD_FLAGS = {
    cased: meaning
    for meaning, words in ((True, ("yes", "on", "y")), (False, ("no", "off", "n")))
    for word in words
    for cased in _cased(word)
}


def resolve(text: str) -> Plain | RefusedScalar:
    """The value of a plain scalar, or why it is refused. It never converts more than a few hundred digits."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _OLD_FLAGS:
        return _old_flag(text)
    if text == "=":
        return RefusedScalar("`=` is a default value in YAML 1.1 and a word in YAML 1.2", text)
    first = text[0]
    if first in "0123456789":
        # Sizes up to 999: nearly all numbers of a spec.
        if len(text) < 4 and text.isdecimal() and text.isascii() and first != "0":
            return int(text)
    elif first not in "+-." or len(text) == 1:
        return text
    return _number(text)


def _old_flag(text: str) -> RefusedScalar:
    meaning = _OLD_FLAGS[text]
    modern = "true" if meaning else "false"
    return RefusedScalar(
        f"`{text}` is {modern} in YAML 1.1 and a word in YAML 1.2", meaning, (modern,), word=True
    )


def _number(text: str) -> Plain | RefusedScalar:
    """The value of a scalar that starts like a number."""
    value = number(text)
    if value is not None:
        return value
    if _MARKS.isdisjoint(text) or not _OLD.issuperset(text):
        return text
    from cnncalc.text._yaml_1_1 import old

    return old(text)


def scalar_value(text: str) -> tuple[Plain, str | None]:
    """The value of one word given outside of a spec (`--set`), and its error, if it has one."""
    value = resolve(text.strip())
    return (value.value, value.reason) if isinstance(value, RefusedScalar) else (value, None)
