"""Diagnostics about the file: it can't be read, is too large, is not UTF-8, or has invisible characters.

Loaded only if there is something to report.
"""

import re

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.files import NotAFile
from cnncalc.text import faults as faults
from cnncalc.text.source import LIMIT, REPEATS, UNSEEN, Reading, Source, escape, escaped, unseen

EDITED = 100_000
"""The longest text that one edit replaces as a whole, in characters."""

SHOWN = 200
"""The longest path that a message shows, in characters."""

ENCODINGS = {b"\xff\xfe": "UTF-16 (little-endian)", b"\xfe\xff": "UTF-16 (big-endian)"}


def unreadable(error: OSError | ValueError, name: str) -> Diagnostic:
    """A file that can't be read."""
    help = "write `-` to read standard input" if isinstance(error, NotAFile) else None
    return faults.UNREADABLE.at(_start(name), _reason(error, escaped(name, SHOWN)), help=help)


def with_odd_characters(text: str, name: str, path: str | None) -> Reading:
    """The source with one kind of line ending and no byte order mark, and the diagnostics about its characters."""
    reports: list[Diagnostic] = []
    marked = text.startswith("\ufeff")
    if marked:
        text = text[1:]
    if "\r" in text:
        fed = text.replace("\r\n", "\n").replace("\r", "\n")
        reports.append(_carriage_returns(text, fed, name))
        text = fed
    if marked:
        reports.insert(0, _byte_order_mark(text, name))
    places = list(re.finditer(UNSEEN, text)) if unseen(text) else []
    reports += [_control(text, match, name) for match in places[:REPEATS]]
    if len(places) > REPEATS:
        reports[-1] = reports[-1].with_notes(Note(f"and {len(places) - REPEATS:,} more such characters"))
    return Source(name, text, path, refused=bool(places)), tuple(reports)


def too_large(name: str, size: int) -> Diagnostic:
    more = "at least " if size == LIMIT + 1 else ""
    message = f"the text is {more}{size:,} bytes; the limit is {LIMIT:,} (1 MiB)"
    help = "use `repeat` and `blocks` for layers that repeat"
    return faults.FILE_TOO_LARGE.at(_start(name), message, help=help)


def not_utf_8(error: UnicodeDecodeError, data: bytes, name: str, path: str | None) -> Reading:
    before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
    before = before.replace("\r\n", "\n").replace("\r", "\n")
    octets = " ".join(f"0x{octet:02x}" for octet in data[error.start : max(error.end, error.start + 1)])
    message = f"byte {error.start + 1:,} of the file ({octets}) is not UTF-8"
    encoding = ENCODINGS.get(data[:2])
    help = f"save the file as UTF-8; it looks like {encoding}" if encoding else "save the file as UTF-8"
    text = data.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    fault = faults.NOT_UTF_8.at(_place(before, len(before), name), message, help=help)
    return Source(name, text, path, refused=True), (fault,)


def _control(text: str, match: re.Match[str], name: str) -> Diagnostic:
    kind = "a lone surrogate" if "\ud800" <= match[0] <= "\udfff" else "an invisible character"
    message = f"`{escape(match[0])}` is {kind}"
    return faults.CONTROL_CHARACTER.at(_place(text, match.start(), name), message, help="remove it")


def _carriage_returns(text: str, fed: str, name: str) -> Diagnostic:
    pairs, total, feeds = text.count("\r\n"), text.count("\r"), text.count("\n")
    kind = "carriage return and line feed (CRLF)" if pairs else "a lone carriage return (CR)"
    span = _place(text, text.index("\r"), name)
    message = f"{total:,} of {total + feeds - pairs:,} lines end with {kind}"
    help = (
        "convert them with `dos2unix`, "
        "or write `* text=auto` into `.gitattributes` and run `git add --renormalize .`"
    )
    fixes = []
    if len(fed) <= EDITED:
        # Replaces the whole text: correct for the text as read here, and for the text with its carriage returns.
        whole = Span(name, 1, 1, fed.count("\n") + 1, len(fed) - fed.rfind("\n"))
        fixes.append(Fix("end lines with a line feed", (Edit(whole, fed),), safe=True))
    return faults.CRLF_LINE_ENDINGS.at(span, message, help=help, fixes=fixes)


def _byte_order_mark(text: str, name: str) -> Diagnostic:
    # The edit replaces the first line with itself: correct with and without the mark.
    first = text.split("\n", 1)[0] + ("\n" if "\n" in text else "")
    fix = Fix("remove the byte order mark", (Edit(Span(name, 1, 1, 2, 1), first),), safe=True)
    message = "the file starts with a byte order mark (U+FEFF), an invisible character"
    help = "save the file as UTF-8 without a byte order mark (BOM); `cnncalc validate --fix` removes it"
    return faults.BYTE_ORDER_MARK.at(_start(name), message, help=help, fixes=(fix,))


def _start(name: str) -> Span:
    return Span(name, 1, 1, 1, 1)


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
            return f"`{name}` cannot be read: permission denied"
        case OSError(strerror=str(reason)):
            return f"`{name}` cannot be read: {escaped(reason).lower()}"
        case _:
            return f"`{name}` cannot be read: {escaped(str(error))}"
