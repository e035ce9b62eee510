"""How a format writes a character that must not, or cannot, be written directly.

Three things can be wrong with a character: the encoding of a stream does not have it, or with those before it it is a
command to a CI system, or to a terminal. In JSON, YAML, XML and Markdown there is an escape that stands for the same
character; in text for people there is a sign of ASCII that looks like it, or else an escape.
"""

import codecs
from collections.abc import Callable

from cnncalc.record import NamedTuple

# ASCII replacements for the characters that output for people uses, and for similar ones.
SIGNS = {
    "\N{NO-BREAK SPACE}": " ", "·": "-", "•": "*", "×": "x", "–": "-", "—": "-", "−": "-", "…": "...",  # noqa: RUF001
    "‘": "'", "’": "'", "“": '"', "”": '"', "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~",  # noqa: RUF001
    "→": "->", "←": "<-", "↔": "<->", "↑": "^", "↓": "v", "✓": "+", "✗": "x",
}  # fmt: skip


class Spelling(NamedTuple):
    """An escape for one character, and the name of the error handler that writes it where an encoding fails."""

    errors: str
    escape: Callable[[str], str]


def _backslash(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json(character: str) -> str:
    code = ord(character)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


def _reference(character: str) -> str:
    """XML's and HTML's; a lone surrogate has none."""
    code = ord(character)
    return _backslash(character) if 0xD800 <= code < 0xE000 else f"&#{code};"


def _sign(character: str) -> str | None:
    code = ord(character)
    if 0x2500 <= code < 0x2580:
        return _line(character)
    return "#" if 0x2580 <= code < 0x25A0 else SIGNS.get(character)


def _line(character: str) -> str:
    """The characters of box lines."""
    from unicodedata import name

    words = name(character).split()
    across = "HORIZONTAL" in words or "LEFT" in words or "RIGHT" in words
    down = "VERTICAL" in words or "UP" in words or "DOWN" in words
    return "+" if across and down else "|" if down else "-"


def _text(character: str) -> str:
    return _sign(character) or _backslash(character)


def _markdown(character: str) -> str:
    return _sign(character) or _reference(character)


def _handler(spelled: Callable[[str], str]) -> Callable[[UnicodeError], tuple[str, int]]:
    def handle(error: UnicodeError) -> tuple[str, int]:
        assert isinstance(error, UnicodeEncodeError)
        return "".join(map(spelled, error.object[error.start : error.end])), error.end

    return handle


def _registered(format: str, escape: Callable[[str], str], spelled: Callable[[str], str]) -> Spelling:
    name = f"cnncalc.{format}"
    codecs.register_error(name, _handler(spelled))
    return Spelling(name, escape)


TEXT = _registered("text", _backslash, _text)
JSON = _registered("json", _json, _json)
MARKDOWN = _registered("markdown", _reference, _markdown)
XML = _registered("xml", _reference, _reference)
YAML = _registered("yaml", _backslash, _backslash)
# By the name with which a format selects it (`cnncalc.render.formats.Format.escapes`).
BY_NAME = {"text": TEXT, "json": JSON, "markdown": MARKDOWN, "xml": XML, "yaml": YAML}
