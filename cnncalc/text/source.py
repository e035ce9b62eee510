"""The text of one spec: read with a limit and decoded strictly, with its lines."""

import os
import re

from cnncalc.diagnostic import Diagnostic
from cnncalc.files import read_bytes

LIMIT = 1_048_576
"""The most bytes of text that are read (1 MiB)."""

REPEATS = 10
"""How often one kind of error is reported in one file; the others are only counted."""

# All characters that are not printable in YAML 1.2, and the line breaks that only YAML 1.1 has (U+0085, U+2028,
# U+2029) and the byte order mark, which YAML readers treat differently.
UNSEEN = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
# Characters that a terminal may execute: those above, tabs and line breaks, and the marks that reorder text.
_UNSAFE = "[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"


class Source:
    """One text under its display name. Lines end with a line feed and there is no byte order mark.

    A refused source keeps its lines, so that its errors can be shown; `load` reads nothing from it.
    """

    __slots__ = ("_lines", "name", "path", "refused", "text")

    def __init__(self, name: str, text: str, path: str | None = None, refused: bool = False) -> None:
        self.name = name
        self.text = text
        self.path = path
        self.refused = refused
        self._lines: list[str] = []

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    def line(self, number: int) -> str:
        """Line `number`, from 1, without its line feed; empty past the end."""
        if not self._lines:
            self._lines.extend(self.text.split("\n"))
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


Reading = tuple[Source | None, tuple[Diagnostic, ...]]


def escaped(text: str, limit: int = 60) -> str:
    """`text` for one line of a message: invisible characters as escapes, and a long text cut short."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        # The pattern finds only characters that are not printable; nearly every text is printable.
        return text
    return re.sub(_UNSAFE, lambda match: escape(match[0]), text)


def unseen(text: str) -> re.Match[str] | None:
    """The first character of `text` that is not allowed in a spec."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return None
    return re.search(UNSEEN, text)


def read(path: "str | os.PathLike[str]", name: str | None = None) -> Reading:
    """The spec at `path`. At most one byte more than the limit is read."""
    return read_whole(path, name)[0]


def read_whole(path: "str | os.PathLike[str]", name: str | None = None) -> tuple[Reading, bytes | None]:
    """The spec at `path`, and its bytes: None if they can't be read, or are too many."""
    path = os.fspath(path)
    shown = escaped(path, limit=4096) if name is None else name
    try:
        data, size = read_bytes(path, LIMIT + 1)
    except (OSError, ValueError) as error:
        from cnncalc.text import refused_text as refused

        return (None, (refused.unreadable(error, shown),)), None
    if len(data) > LIMIT:
        return (None, (_too_large(shown, size),)), None
    return from_bytes(data, shown, path), data


def from_bytes(data: bytes, name: str, path: str | None = None) -> Reading:
    """The spec in `data`, which must be UTF-8."""
    if len(data) > LIMIT:
        return None, (_too_large(name, len(data)),)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        from cnncalc.text import refused_text as refused

        return refused.not_utf_8(error, data, name, path)
    return _checked(text, name, path)


def from_text(text: str, name: str = "<text>") -> Reading:
    """The spec in `text`, with the same checks as a file."""
    size = len(text) if len(text) > LIMIT else len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        return None, (_too_large(name, size),)
    return _checked(text, name, None)


def _too_large(name: str, size: int) -> Diagnostic:
    from cnncalc.text import refused_text as refused

    return refused.too_large(name, size)


def _checked(text: str, name: str, path: str | None) -> Reading:
    """The source, with one kind of line ending, and the diagnostics about its characters."""
    if text.startswith("\ufeff") or "\r" in text or unseen(text):
        from cnncalc.text import refused_text as refused

        return refused.with_odd_characters(text, name, path)
    return Source(name, text, path), ()


def escape(character: str) -> str:
    """A character as an escape of Python's: `\\x07`."""
    code = ord(character)
    if character in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
