"""A page of Markdown as text for a terminal: the Markdown that pages of diagnostics use."""

import re
from collections.abc import Iterator

from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import folded

# Wider than this, a line of prose is hard to read.
WIDEST = 100
HEADING, CODE = "bold", "cyan"
FENCE = "```"
# Code between backticks, or a sign that a backslash keeps from being Markdown.
INLINE = re.compile(r"`([^`]*)`|\\([!-/:-@\[-`{-~])")


def text(page: str, width: int | None) -> Iterator[str]:
    """Headings, paragraphs and blocks of code, an empty line between them."""
    width = WIDEST if width is None else min(width, WIDEST)
    between = ""
    for block in _blocks(page):
        yield between
        between = "\n"
        if block.startswith(FENCE):
            yield from _code(block, width)
        elif block.startswith("#"):
            yield Piece(block.lstrip("#").strip(), HEADING)
            yield "\n"
        else:
            yield from _paragraph(block, width)


def _blocks(page: str) -> Iterator[str]:
    """The page in blocks: a heading, a paragraph, or a block of code with its fences."""
    block: list[str] = []
    fenced = False
    for line in [*page.splitlines(), ""]:
        fence = line.startswith(FENCE)
        ends = not fenced and (not line.strip() or line.startswith("#") or fence)
        if ends and block:
            yield "\n".join(block)
            block = []
        if fenced or line.strip():
            block.append(line)
        if not fenced and line.startswith("#"):
            yield line
            block = []
        if fence:
            if fenced:
                yield "\n".join(block)
                block = []
            fenced = not fenced


def _code(block: str, width: int) -> Iterator[str]:
    """The lines as they are, each broken where the page is narrow; with a margin around them."""
    yield "\n"
    for line in block.splitlines()[1:-1]:
        for part in folded(line.expandtabs(4), width - 2):
            yield Piece(f" {part}".rstrip(), CODE)
            yield "\n"
    yield "\n"


def _paragraph(block: str, width: int) -> Iterator[str]:
    source = " ".join(block.split())
    # The text without its marks, and the style of each character.
    plain, styles = "", list[str]()
    last = 0
    for match in INLINE.finditer(source):
        before = source[last : match.start()]
        inside = match[1] if match[1] is not None else match[2]
        plain += before + inside
        styles += [""] * len(before) + [CODE if match[1] is not None else ""] * len(inside)
        last = match.end()
    plain += source[last:]
    styles += [""] * (len(plain) - len(styles))
    begin = 0
    for line in folded(plain, width):
        begin = plain.index(line, begin)
        end = begin + len(line)
        while begin < end:
            stop = next((index for index in range(begin, end) if styles[index] != styles[begin]), end)
            yield Piece(plain[begin:stop], styles[begin])
            begin = stop
        yield "\n"
