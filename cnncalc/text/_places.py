"""Places that PyYAML's marks do not give: its marks count lines and columns from 0."""

import re
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.text.source import Source


def of_event(source: Source, event: Any) -> Span:
    """From an event's start to its end."""
    start, end = event.start_mark, event.end_mark
    return Span(source.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def first_word(source: Source, mark: Any) -> Span:
    """The word at a mark: an anchor, a tag, `---`."""
    line, column = mark.line + 1, mark.column + 1
    word = source.line(line)[column - 1 : column + 63].split(" ", 1)[0]
    return Span(source.name, line, column, line, column + len(word))


def after_properties(source: Source, event: Any) -> tuple[int, tuple[int, int]]:
    """Where a collection begins after its tag and its anchor: the index, and the line and column."""
    mark = event.start_mark
    # The first key can have a tag too, which stays with it.
    own = (event.anchor is not None) + (event.tag is not None)
    match = re.compile(rf"(?:[!&]\S*(?:\s+|#[^\n]*)*){{{own}}}").match(source.text, mark.index)
    assert match is not None
    line, last = mark.line + 1 + match[0].count("\n"), match[0].rfind("\n")
    column = mark.column + 1 + len(match[0]) if last < 0 else len(match[0]) - last
    return match.end(), (line, column)


def trimmed(source: Source, span: Span) -> Span:
    """A block text up to its last line, not up to the next token."""
    line = span.end_line if span.end_column > 1 else span.end_line - 1
    while line > span.line and not source.line(line).strip():
        line -= 1
    return span._replace(end_line=line, end_column=len(source.line(line).rstrip()) + 1)


def empty(source: Source, mark: Any) -> Span:
    """The place of a missing value: right after the token before it.

    libyaml puts some of these at the next word, PyYAML none.
    """
    text, index = source.text, mark.index
    line, column = mark.line + 1, mark.column + 1
    while index > 0 and text[index - 1 : index] in (" ", "\t", "\n", ""):
        index -= 1
        column -= 1
        if text[index : index + 1] == "\n":
            line -= 1
            column = index - text.rfind("\n", 0, index)
    return Span(source.name, line, column, line, column)
