"""One value in a pattern: a number, a word, or a letter that stands for a number."""

import re

from cnncalc.pattern.state import PatternReading
from cnncalc.text import Scalar, escaped, scalar_value

_LETTER = re.compile(r"[A-WYZa-wyz][0-9]?")


def is_letter(text: str) -> bool:
    """Whether a word stands for a number: a letter other than x, perhaps with a digit."""
    return _LETTER.fullmatch(text) is not None


def atom(reading: PatternReading, text: str, start: int, end: int) -> Scalar:
    """The value of a text. A text that is not a value is reported."""
    if is_letter(text):
        return reading.letter(text, start, end)
    value, problem = scalar_value(text)
    if problem is not None:
        reading.report(
            start, end, f"`{escaped(text)}` is not a value: {problem}", "write a plain number or word"
        )
        return Scalar(reading.places.span(start, end), value, text, plain=True, doubtful=True)
    return reading.scalar(value, start, end, raw=text)
