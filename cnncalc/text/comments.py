"""Comments of a text: PyYAML throws them away, so they are what its events leave over."""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

import yaml

from cnncalc.diagnostic import Span
from cnncalc.text._parsers import parser
from cnncalc.text.source import Source


class Comment(NamedTuple):
    """A comment from its `#` to the end of its line; `alone` where nothing stands before it."""

    span: Span
    text: str
    alone: bool


def comments(source: Source, word: str, *, pure: bool = False, quotes: bool = True) -> tuple[Comment, ...]:
    """The comments that hold `word`, in order; none where the text is not YAML. `pure` forces PyYAML's own parser.

    Without `quotes` the text is a pattern, in which every `#` begins a comment.

    A `#` within a quoted or block text is no comment, nor is one within a plain word (`a#b`).
    """
    text = source.text
    at = text.find(word)
    if at < 0 or source.refused:
        return ()
    words = _words(text, pure) if quotes else []
    if words is None:
        return ()
    begins = [begin for begin, _ in words]
    found = []
    number, counted = 1, 0
    while at >= 0:
        line = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        start = text.find("#", line, end)
        while start >= 0 and (before := bisect_right(begins, start) - 1) >= 0 and start < words[before][1]:
            start = text.find("#", start + 1, end)
        if start >= 0 and text.find(word, start, end) >= 0:
            number += text.count("\n", counted, line)
            counted = line
            span = Span(source.name, number, start - line + 1, number, end - line + 1)
            found.append(Comment(span, text[start:end], not text[line:start].strip()))
        at = text.find(word, end)
    return tuple(found)


def room_for_comments(source: Source) -> Callable[[int], bool]:
    """What says of a line whether a comment at its end is one: not within a text of several lines."""
    text = source.text
    # The ends of lines that are within a word.
    within: set[int] = set()
    for begin, end in _words(text, False) or []:
        at = text.find("\n", begin + 1, end)
        while at >= 0:
            within.add(at)
            at = text.find("\n", at + 1, end)
    ends = [-1] + [at for at, character in enumerate(text + "\n") if character == "\n"]

    def room(line: int) -> bool:
        return 0 < line < len(ends) and ends[line] not in within

    return room


def _words(text: str, pure: bool) -> list[tuple[int, int]] | None:
    """Where words stand, as offsets: what is between them is punctuation, space and comments."""
    # As `load` reads it: a tab is white space, and a directive has a fault of its own.
    events = parser(text.replace("\t", " ") + "\n", pure)
    found = []
    try:
        while type(event := events.get_event()) is not yaml.StreamEndEvent:
            if isinstance(event, yaml.ScalarEvent):
                begin, end = (mark.index for mark in (event.start_mark, event.end_mark) if mark)
                if event.style and event.style in "|>":
                    # A comment may follow the sign that opens a block text.
                    line = text.find("\n", begin)
                    begin = end if line < 0 else line
                found.append((begin, end))
    except yaml.MarkedYAMLError:
        return None
    finally:
        events.dispose()
    return found
