"""The signs of a pattern: words and numbers, arrows, brackets, stars, each with its place."""

import re
from bisect import bisect_right

from cnncalc.diagnostic import Span
from cnncalc.pattern.recognise import ARROW
from cnncalc.record import NamedTuple

MOST = 200_000
"""Signs that are read of one pattern, as many as values of a YAML text."""

_SIGN = re.compile(
    rf"""(?P<space>(?:\s|\#[^\n]*)+)
    |(?P<arrow>{ARROW})
    |(?P<number>\d+(?:\.\d+)?[eE][-+]?\d+(?![\w.]))
    |(?P<word>\w[\w.]*(?:×\w+)*)
    |(?P<dash>[-\u2013\u2014\u2212])
    |(?P<open>[\[(])
    |(?P<close>[\])])
    |(?P<star>[*×])
    |(?P<maybe>\?)
    |(?P<comma>,)
    |(?P<equals>=)
    |(?P<slash>/)
    |(?P<colon>:)
    |(?P<other>.)""",
    re.VERBOSE,
)


class PatternToken(NamedTuple):
    """One sign: its kind (a group of `_SIGN`), its text, and where it begins and ends in the pattern."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[PatternToken]:
    """The signs of a pattern without white space and comments, and one of the kind `end` after them.

    At most `MOST` are read, and one more.
    """
    result: list[PatternToken] = []
    for match in _SIGN.finditer(text):
        kind = match.lastgroup or "other"
        if kind != "space":
            result.append(
                PatternToken("word" if kind == "number" else kind, match[0], match.start(), match.end())
            )
            if len(result) > MOST:
                break
    end = len(text.rstrip())
    result.append(PatternToken("end", "", end, end))
    return result


class PatternPlaces:
    """Where the characters of a text stand."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """The place of the characters from `start` up to `end`."""
        return Span(self._file, *self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
