"""Text in lines that a page has room for: paragraphs, facts beside their names, and the lines of a diagnostic."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from cnncalc.render.piece import Piece

# What begins a line of words in a diagnostic. Its other lines are of a spec and stay as they are.
WORDS = re.compile(r"(error|warning|info)\[|(note|help): ")
INDENT = "  "
# Stands for a space at which no line is broken.
KEPT = "\N{NO-BREAK SPACE}"


def wrapped_findings(pieces: Iterable[str], width: int) -> Iterator[str]:
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


def wrapped(text: str, room: int | None) -> list[str]:
    """A text in lines of so many characters, broken between words, an equation before a sign; None: one line."""
    if room is None or len(text) <= room:
        return [text]
    held = text.replace("= ", f"={KEPT}").replace("   (", f"{KEPT * 3}(")
    lines = wrap(held, max(20, room), break_long_words=False, break_on_hyphens=False) or [""]
    return [line.replace(KEPT, " ") for line in lines]


def folded(text: str, room: int) -> list[str]:
    """A text in lines of so many characters, broken between words. A word that is longer is cut, as rich does it."""
    long = re.search(rf"\S{{{room + 1},}}", text)
    if long is None:
        return wrap(text, room, replace_whitespace=False, break_on_hyphens=False) or [""]
    lines = folded(text[: long.start()], room) if text[: long.start()].strip() else []
    end = long.start() + (len(long[0]) - 1) // room * room
    lines += [text[start : start + room] for start in range(long.start(), end, room)]
    return lines + folded(text[end:], room)


def listed(facts: Iterable[tuple[str, str]], width: int | None) -> Iterator[str]:
    """Names with what is said of each beside them; what is longer than the page goes on under its own beginning."""
    kept = list(facts)
    names = max(len(name) for name, _ in kept)
    for name, text in kept:
        first, *more = wrapped(text, None if width is None else width - names - 5)
        yield f"  {name.ljust(names)}   {first}".rstrip() + "\n"
        yield "".join(f"{' ' * (names + 5)}{line}\n" for line in more)
