"""Lines of words on a narrow terminal: what is too long goes on below, indented. Lines of a spec stay as they are."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from cnncalc.render.piece import Piece

# What begins a line of words, not of a spec.
WORDS = re.compile(r"(error|warning|info)\[|(note|help): ")
INDENT = "  "


def hung(pieces: Iterable[str], width: int) -> Iterator[str]:
    """The pieces, their lines broken where they have to be; each part keeps the style of its line's last piece."""
    line: list[str] = []
    for piece in pieces:
        style = getattr(piece, "style", "")
        for part in piece.splitlines(keepends=True):
            line.append(Piece(part, style))
            if part.endswith("\n"):
                yield from _line(line, width)
                line = []
    yield from line


def _line(line: list[str], width: int) -> Iterator[str]:
    text = "".join(line)
    if len(text) - 1 <= width or not WORDS.match(text):
        yield from line
        return
    begun = "".join(line[:-1])
    style = getattr(line[-1], "style", "")
    yield from line[:-1]
    yield Piece(broken(text, width).removeprefix(begun) + "\n", style)


def broken(text: str, width: int) -> str:
    """A line of words in as many as it takes."""
    return "\n".join(
        wrap(text, max(30, width), subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False)
    )
