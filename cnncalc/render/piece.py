"""Text with a style: what a terminal may show in colour and a file takes as it is; and text in lines."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

# Stands for a space at which no line is broken.
KEPT = "\N{NO-BREAK SPACE}"


def hanging(text: str, room: int | None) -> list[str]:
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
        first, *more = hanging(text, None if width is None else width - names - 5)
        yield f"  {name.ljust(names)}   {first}".rstrip() + "\n"
        yield "".join(f"{' ' * (names + 5)}{line}\n" for line in more)


class Piece(str):
    """A stretch of text and the style it is shown in, where there is colour."""

    style: str

    def __new__(cls, text: str, style: str = "") -> "Piece":
        made = super().__new__(cls, text)
        made.style = style
        return made
