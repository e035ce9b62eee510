"""The text of one spec: read with a limit, decoded strictly, its lines at hand for whoever shows them."""

import os
import re

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.files import NotAFile, read_bytes
from cnncalc.text import faults as faults

LIMIT = 1_048_576
"""Bytes of text that are read at most (1 MiB)."""

EDITED = 100_000
"""Characters of a text at most that an edit puts in place of a whole one."""

SHOWN = 200
"""Characters of a path at most that a message repeats."""

REPEATS = 10
"""Times that one kind of fault is told in one file before the rest are only counted."""

# All but YAML 1.2's printable characters, and of those the line breaks that only YAML 1.1 knows (U+0085, U+2028,
# U+2029) and the byte order mark, on which the readers in use disagree.
_UNSEEN = "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
# What a terminal may obey: the above, tabs and line breaks, and the marks that reorder text.
_UNSAFE = "[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
_ENCODINGS = {b"\xff\xfe": "UTF-16 (little-endian)", b"\xfe\xff": "UTF-16 (big-endian)"}


class Source:
    """One text under its display name. Lines end with a line feed and there is no byte order mark.

    A refused source is kept for its lines, so that its faults can be shown; `load` reads nothing from it.
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
    """`text` fit for one line of a message: what cannot be seen as an escape, what is too long cut short."""
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    if text.isprintable():
        # What the pattern looks for is never printable; this is nearly every text.
        return text
    return re.sub(_UNSAFE, lambda match: _escape(match[0]), text)


def unseen(text: str) -> re.Match[str] | None:
    """The first character of `text` that no spec may hold."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return None
    return re.search(_UNSEEN, text)


def read(path: "str | os.PathLike[str]", name: str | None = None) -> Reading:
    """The spec at `path`; at most one byte more than the limit is ever read."""
    return read_whole(path, name)[0]


def read_whole(path: "str | os.PathLike[str]", name: str | None = None) -> tuple[Reading, bytes | None]:
    """The spec at `path`, and the bytes that it was read from: none where they can't be read, or are too many."""
    path = os.fspath(path)
    shown = escaped(path, limit=4096) if name is None else name
    try:
        data, size = read_bytes(path, LIMIT + 1)
    except (OSError, ValueError) as error:
        message = _reason(error, escaped(shown, SHOWN))
        help = "name `-` to read standard input" if isinstance(error, NotAFile) else None
        return (None, (faults.UNREADABLE.at(_start(shown), message, help=help),)), None
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
        return _not_utf_8(error, data, name, path)
    return _checked(text, name, path)


def from_text(text: str, name: str = "<text>") -> Reading:
    """The spec in `text`, with the same checks as a file."""
    size = len(text) if len(text) > LIMIT else len(text.encode("utf-8", "surrogatepass"))
    if size > LIMIT:
        return None, (_too_large(name, size),)
    return _checked(text, name, None)


def _checked(text: str, name: str, path: str | None) -> Reading:
    """The source, with line endings made one kind, and what is told of its characters."""
    found: list[Diagnostic] = []
    marked = text.startswith("\ufeff")
    if marked:
        text = text[1:]
    if "\r" in text:
        fed = text.replace("\r\n", "\n").replace("\r", "\n")
        found.append(_carriage_returns(text, fed, name))
        text = fed
    if marked:
        found.insert(0, _byte_order_mark(text, name))
    places = list(re.finditer(_UNSEEN, text)) if unseen(text) else []
    found += [_control(text, match, name) for match in places[:REPEATS]]
    if len(places) > REPEATS:
        found[-1] = found[-1].with_notes(Note(f"and {len(places) - REPEATS:,} more such characters"))
    return Source(name, text, path, refused=bool(places)), tuple(found)


def _start(name: str) -> Span:
    return Span(name, 1, 1, 1, 1)


def _escape(character: str) -> str:
    code = ord(character)
    if character in "\t\n\r":
        return {"\t": "\\t", "\n": "\\n", "\r": "\\r"}[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _place(text: str, index: int, name: str) -> Span:
    """The span of the one character at `index`."""
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    return Span(name, line, column, line, column + 1)


def _reason(error: OSError | ValueError, name: str) -> str:
    match error:
        case FileNotFoundError():
            return f"there is no file `{name}`"
        case NotAFile(kind=kind):
            return f"`{name}` is {kind}, not a file"
        case IsADirectoryError():
            return f"`{name}` is a folder, not a file"
        case PermissionError():
            return f"`{name}` may not be read: permission denied"
        case OSError(strerror=str(reason)):
            return f"`{name}` cannot be read: {escaped(reason).lower()}"
        case _:
            return f"`{name}` cannot be read: {escaped(str(error))}"


def _too_large(name: str, size: int) -> Diagnostic:
    more = "at least " if size == LIMIT + 1 else ""
    message = f"the text is {more}{size:,} bytes; at most {LIMIT:,} (1 MiB) are read"
    help = "write layers that repeat with `repeat` and `blocks`"
    return faults.FILE_TOO_LARGE.at(_start(name), message, help=help)


def _not_utf_8(error: UnicodeDecodeError, data: bytes, name: str, path: str | None) -> Reading:
    before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    octets = " ".join(f"0x{octet:02x}" for octet in data[error.start : max(error.end, error.start + 1)])
    message = f"byte {error.start + 1:,} of the file ({octets}) is not UTF-8"
    encoding = _ENCODINGS.get(data[:2])
    help = f"save the file as UTF-8; it looks like {encoding}" if encoding else "save the file as UTF-8"
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = faults.NOT_UTF_8.at(_place(before, len(before), name), message, help=help)
    return Source(name, text, path, refused=True), (found,)


def _control(text: str, match: re.Match[str], name: str) -> Diagnostic:
    kind = "a lone surrogate" if "\ud800" <= match[0] <= "\udfff" else "a character that cannot be seen"
    message = f"`{_escape(match[0])}` is {kind}"
    return faults.CONTROL_CHARACTER.at(_place(text, match.start(), name), message, help="remove it")


def _carriage_returns(text: str, fed: str, name: str) -> Diagnostic:
    pairs, total, feeds = text.count("\r\n"), text.count("\r"), text.count("\n")
    kind = "carriage return and line feed (CRLF)" if pairs else "a lone carriage return (CR)"
    span = _place(text, text.index("\r"), name)
    message = f"{total:,} of {total + feeds - pairs:,} lines end with {kind}"
    help = "convert them with `dos2unix`, or `git add --renormalize` under `* text=auto`"
    fixes = []
    if len(fed) <= EDITED:
        # In place of the whole text: right on what is read here, and on the text with its carriage returns.
        whole = Span(name, 1, 1, fed.count("\n") + 1, len(fed) - fed.rfind("\n"))
        fixes.append(Fix("end lines with a line feed", (Edit(whole, fed),), safe=True))
    return faults.CRLF_LINE_ENDINGS.at(span, message, help=help, fixes=fixes)


def _byte_order_mark(text: str, name: str) -> Diagnostic:
    # The edit puts the whole first line in place of itself: right on the bare text and on the marked one.
    first = text.split("\n", 1)[0] + ("\n" if "\n" in text else "")
    fix = Fix("remove the byte order mark", (Edit(Span(name, 1, 1, 2, 1), first),), safe=True)
    message = "the text starts with a byte order mark (U+FEFF)"
    return faults.BYTE_ORDER_MARK.at(_start(name), message, fixes=(fix,))
