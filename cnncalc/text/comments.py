"""The comments of a text. PyYAML drops them, so they are searched between its events."""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

import yaml

from cnncalc.diagnostic import Span
from cnncalc.text._parsers import parser
from cnncalc.text.source import Source


class Comment(NamedTuple):
    """A comment from its `#` to the end of its line; `alone` if nothing is before it."""

    span: Span
    text: str
    alone: bool


def comments(source: Source, word: str, *, pure: bool = False, quotes: bool = True) -> tuple[Comment, ...]:
    """The comments that contain `word`, in order; none if the text is not YAML. `pure` forces PyYAML's own parser.

    Without `quotes` the text is a pattern, in which every `#` begins a comment.

    A `#` in a quoted or block text is not a comment, and neither is one in a plain word (`a#b`).
    """
    text = source.text
    position = text.find(word)
    if position < 0 or source.refused:
        return ()
    words = _words(text, pure) if quotes else []
    if words is None:
        return ()
    begins = [begin for begin, _ in words]
    collected = []
    number, counted = 1, 0
    while position >= 0:
        line = text.rfind("\n", 0, position) + 1
        end = text.find("\n", position)
        end = len(text) if end < 0 else end
        start = text.find("#", line, end)
        while start >= 0 and (before := bisect_right(begins, start) - 1) >= 0 and start < words[before][1]:
            start = text.find("#", start + 1, end)
        if start >= 0 and text.find(word, start, end) >= 0:
            number += text.count("\n", counted, line)
            counted = line
            span = Span(source.name, number, start - line + 1, number, end - line + 1)
            collected.append(Comment(span, text[start:end], not text[line:start].strip()))
        position = text.find(word, end)
    return tuple(collected)


def room_for_comments(source: Source) -> Callable[[int], bool]:
    """A function that returns whether a line can have a comment at its end: not inside a text of several lines."""
    text = source.text
    # The ends of lines that are inside a word.
    within: set[int] = set()
    for begin, end in _words(text, False) or []:
        position = text.find("\n", begin + 1, end)
        while position >= 0:
            within.add(position)
            position = text.find("\n", position + 1, end)
    ends = [-1] + [position for position, character in enumerate(text + "\n") if character == "\n"]

    def room(line: int) -> bool:
        return 0 < line < len(ends) and ends[line] not in within

    return room


def _words(text: str, pure: bool) -> list[tuple[int, int]] | None:
    """The offsets of words: between them are punctuation, space and comments."""
    # As `load` reads it: a tab is white space, and a directive has its own error.
    events = parser(text.replace("\t", " ") + "\n", pure)
    words = []
    try:
        while type(event := events.get_event()) is not yaml.StreamEndEvent:
            if isinstance(event, yaml.ScalarEvent):
                begin, end = (mark.index for mark in (event.start_mark, event.end_mark) if mark)
                if event.style and event.style in "|>":
                    # A comment may follow the sign that opens a block text.
                    line = text.find("\n", begin)
                    begin = end if line < 0 else line
                words.append((begin, end))
    except yaml.MarkedYAMLError:
        return None
    finally:
        events.dispose()
    return words
