"""The value of a plain scalar: YAML 1.2's core schema, without everything that YAML 1.1 reads differently.

Sources: YAML 1.2.2 section 10.3.2 (core schema) and https://yaml.org/type/ (YAML 1.1: bool, int, float,
timestamp, value). Quoted scalars are not resolved; they are strings.
"""

from cnncalc.text.numbers import DIGITS as DIGITS
from cnncalc.text.numbers import RefusedScalar as RefusedScalar
from cnncalc.text.numbers import number
from cnncalc.text.tree import Plain

# Characters of numbers and dates of YAML 1.1 that `224x224x3` does not have.
_MARKS = frozenset("_:-+.b")


def _cased(word: str) -> tuple[str, ...]:
    return word, word.capitalize(), word.upper()


_WORDS: dict[str, Plain | RefusedScalar] = {"": None, "~": None}
_WORDS.update(dict.fromkeys(_cased("null"), None))
_WORDS.update(dict.fromkeys(_cased("true"), True))
_WORDS.update(dict.fromkeys(_cased("false"), False))
for _meaning, _words in ((True, ("yes", "on", "y")), (False, ("no", "off", "n"))):
    _modern = "true" if _meaning else "false"
    for _word in {cased for word in _words for cased in _cased(word)}:
        _WORDS[_word] = RefusedScalar(
            f"`{_word}` is {_modern} in YAML 1.1 and a word in YAML 1.2", _meaning, (_modern,), word=True
        )
_WORDS["="] = RefusedScalar("`=` is a default value in YAML 1.1 and a word in YAML 1.2", "=")
_ABSENT = RefusedScalar("", None)


def resolve(text: str) -> Plain | RefusedScalar:
    """The value of a plain scalar, or why it is refused. It never converts more than a few hundred digits."""
    value = _WORDS.get(text, _ABSENT)
    if value is not _ABSENT:
        return value
    first = text[0]
    if first in "0123456789":
        # Sizes up to 999: nearly all numbers of a spec.
        if len(text) < 4 and text.isdecimal() and text.isascii() and first != "0":
            return int(text)
    elif first not in "+-." or len(text) == 1:
        return text
    return _number(text)


def _number(text: str) -> Plain | RefusedScalar:
    """The value of a scalar that starts like a number."""
    value = number(text)
    if value is not None:
        return value
    if _MARKS.isdisjoint(text):
        return text
    from cnncalc.text._yaml_1_1 import old

    return old(text)


def scalar_value(text: str) -> tuple[Plain, str | None]:
    """The value of one word given outside of a spec (`--set`), and its error, if it has one."""
    value = resolve(text.strip())
    return (value.value, value.reason) if isinstance(value, RefusedScalar) else (value, None)
