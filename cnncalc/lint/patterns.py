"""Patterns of files, as in ignore files of version control, matched name by name.

A pattern is a list of segments, like a path is a list of names. A segment is a list of signs, like a name is a list of
characters. Both are matched in one pass over the path, which keeps all positions of the pattern that are reached:
the number of steps is at most positions times characters, for every pattern.
"""

from functools import cache
from typing import TypeAlias

from cnncalc.record import NamedTuple

DEEP = "**"
"""The segment that matches any number of folders."""
MAGIC = "*?["
"""The characters that make a segment more than a name."""


class BadPattern(ValueError):
    """A pattern that is not valid; the message says why."""


class Sign(NamedTuple):
    """One sign: it matches a character in (or, `inverted`, outside) its ranges; if `repeated`, any number of them."""

    ranges: tuple[tuple[str, str], ...]
    inverted: bool = False
    repeated: bool = False

    def accepts(self, character: str) -> bool:
        return any(first <= character <= last for first, last in self.ranges) is not self.inverted


ANY, ANY_NUMBER = Sign((), inverted=True), Sign((), inverted=True, repeated=True)


class Wild:
    """The signs of a segment. Positions between them are bits of a number: the first is 1, the last is `end`."""

    __slots__ = ("_accepting", "_repeated", "_signs", "end")

    def __init__(self, signs: list[Sign]) -> None:
        self._signs = signs
        self._repeated = sum(1 << index for index, sign in enumerate(signs) if sign.repeated)
        # For each character, the positions before a sign that accepts it.
        self._accepting: dict[str, int] = {}
        self.end = 1 << len(signs)

    def means(self, name: str) -> bool:
        places = self._passed(1)
        for character in name:
            accepting = self._accepting.get(character)
            if accepting is None:
                accepting = self._accepting[character] = sum(
                    1 << index for index, sign in enumerate(self._signs) if sign.accepts(character)
                )
            places &= accepting
            places = self._passed((places & self._repeated) | (places & ~self._repeated) << 1)
            if not places:
                return False
        return bool(places & self.end)

    def _passed(self, places: int) -> int:
        """Add the positions after each `*`, which may match nothing. No two of them are neighbours."""
        return places | (places & self._repeated) << 1


Segment: TypeAlias = str | Wild
"""A name, `**`, or a pattern for a name."""


def matches(pattern: str, path: str) -> bool:
    """Whether a path (with `/`, from the folder of the configuration) matches a pattern, or is below a match.

    `*` and `?` match within a name, and the segment `**` matches folders. A pattern without `/` is searched at
    every depth. Raises `BadPattern`.
    """
    segments = _segments(pattern)
    places = with_deep({0}, segments)
    for name in path.split("/"):
        reached = {after for place in places for after in _after(segments, place, name)}
        if len(segments) in reached:
            # The pattern matches: the rest of the path is below it.
            return True
        if not reached:
            return False
        places = with_deep(reached, segments)
    return False


def _after(segments: tuple[Segment, ...], place: int, name: str) -> tuple[int, ...]:
    """The positions in a pattern after one name."""
    if segments[place] == DEEP:
        # At the end it matches the content of a folder, not the folder.
        return (place, place + 1) if place + 1 == len(segments) else (place,)
    return (place + 1,) if is_named(segments[place], name) else ()


def with_deep(places: set[int], segments: tuple[Segment, ...]) -> set[int]:
    """Add the positions after each `**` that is not the last: it may match no folder."""
    for place in sorted(places):
        while place + 1 < len(segments) and segments[place] == DEEP and place + 1 not in places:
            place += 1
            places.add(place)
    return places


@cache
def _segments(pattern: str) -> tuple[Segment, ...]:
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    anchored = "/" in pattern.removeprefix("./").rstrip("/")
    if not parts:
        raise BadPattern("a pattern is empty")
    return tuple(map(segment, parts if anchored or parts[0] == DEEP else [DEEP, *parts]))


def segment(text: str) -> Segment:
    """Read one segment of a pattern. A `[` without its end matches itself. Raises `BadPattern`."""
    if text == DEEP or not any(sign in text for sign in MAGIC):
        return text
    signs: list[Sign] = []
    index, last_end = 0, text.rfind("]")
    while index < len(text):
        character = text[index]
        # The first character in brackets may be a closing bracket.
        begin = index + 2 if text[index + 1 : index + 2] in ("!", "^") else index + 1
        end = text.find("]", begin + 1) if character == "[" and last_end > begin else -1
        if character == "*":
            if not signs or not signs[-1].repeated:
                signs.append(ANY_NUMBER)
        elif end > 0:
            signs.append(Sign(tuple(_ranges(text[begin:end])), inverted=begin == index + 2))
            index = end
        else:
            signs.append(ANY if character == "?" else Sign(((character, character),)))
        index += 1
    return Wild(signs)


def _ranges(inside: str) -> list[tuple[str, str]]:
    ranges, index = [], 0
    while index < len(inside):
        first, is_range = inside[index], inside[index + 1 : index + 2] == "-" and index + 2 < len(inside)
        last = inside[index + 2] if is_range else first
        if last < first:
            raise BadPattern(f"the range `{first}-{last}` is empty")
        ranges.append((first, last))
        index += 3 if is_range else 1
    return ranges


def is_named(segment: Segment, name: str) -> bool:
    """Whether a name matches a segment."""
    return segment == name if isinstance(segment, str) else segment.means(name)


def problem(pattern: str) -> str | None:
    """The error of a pattern; None if it is right."""
    try:
        _segments(pattern)
    except BadPattern as error:
        return str(error)
    return None
