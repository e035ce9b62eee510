"""Layout for the width of the page: the examples of `--help`, and errors of a command line."""

import os
import re
from collections.abc import Iterator
from shutil import get_terminal_size
from textwrap import wrap
from typing import TextIO

# A wider line of prose is hard to read; a narrower one cannot be broken well.
WIDEST, NARROWEST = 110, 50
# The margin of each line of an epilog, and of its continuation.
MARGIN, INDENT = "  ", "  "
# Replaces a space at which a line must not be broken.
KEPT = "\N{NO-BREAK SPACE}"


def shown_to_a_person(stream: TextIO | None) -> bool:
    """Whether lines go to a terminal, or COLUMNS states the width. For a program, a message stays on one line."""
    return "COLUMNS" in os.environ or (stream is not None and stream.isatty())


def page_width() -> int:
    """Characters in a line of help and of messages: as the terminal (or COLUMNS) has it, within reason."""
    return max(NARROWEST, min(get_terminal_size().columns, WIDEST))


def wrapped(text: str, width: int, *, after: str = "") -> str:
    """Lines of words, each in as many as it takes: what goes on is indented. No word comes in two.

    The first line stands `after` words that are not part of the text.
    """
    # A space that is kept holds a first word of any length beside what is before it.
    first, *others = (after.replace(" ", KEPT) + text).split("\n")
    pieces = [piece for line in (first, *others) for piece in _broken(line, width, INDENT) or [line]]
    return "\n".join(pieces)[len(after) :]


def examples(epilog: str, width: int) -> str:
    """An epilog whose lines are kept (`\\b`), each short enough for the page.

    A command that is too long goes on after a backslash, as in a shell. Where there is no room beside the commands for
    what is said of them, it stands below each.
    """
    room = width - len(MARGIN)
    lines = epilog.split("\n")
    short = all(len(line) <= room for line in lines if line.startswith(" "))
    return "\n".join(
        piece
        for line in lines
        for piece in ([line] if short or not line.startswith(" ") else _example(line, room))
    )


def _example(line: str, room: int) -> Iterator[str]:
    margin = line[: len(line) - len(line.lstrip())]
    command, *said = re.split(r" {2,}", line.strip(), maxsplit=1)
    # An option and its value stay on one line.
    kept = re.sub(r"(?<= )(--?[a-z][a-z-]*) (?=[^-|>\s])", rf"\1{KEPT}", command)
    pieces = _broken(kept, room - len(margin) - 2, 2 * INDENT)
    for number, piece in enumerate(pieces, start=1):
        yield f"{margin}{piece.replace(KEPT, ' ')}{' ' + chr(92) if number < len(pieces) else ''}"
    for text in said:
        yield from (f"{margin}{2 * INDENT}{piece}" for piece in _broken(text, room - len(margin) - 4, ""))


def _broken(text: str, width: int, indent: str) -> list[str]:
    return wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
