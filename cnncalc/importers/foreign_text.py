"""The text of a file of another format: decoded strictly, with a limit, its lines ended by a line feed."""

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.unreadable import Unreadable
from cnncalc.text import Source, escaped
from cnncalc.text.source import unseen

LIMIT = 16 * 1_048_576
"""The most bytes that are read (16 MiB): a network without its weights is far smaller."""


def source_of(content: bytes, file: str) -> Source:
    """The text of a file. Raises `Unreadable` if it is too large, not UTF-8, or has invisible characters."""
    name = escaped(file, limit=4096)
    if len(content) > LIMIT:
        message = f"the file has more than {LIMIT:,} bytes (16 MiB)"
        help = "a network without its weights is smaller"
        raise Unreadable([faults.TOO_LARGE.at(Span(name, 1, 1, 1, 1), message, help=help)])
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        from cnncalc.text.refused_text import not_utf_8

        source, diagnostics = not_utf_8(error, content, name, file)
        raise Unreadable(diagnostics, source) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if unseen(text):
        from cnncalc.text.refused_text import with_odd_characters

        source, diagnostics = with_odd_characters(text, name, file)
        raise Unreadable(diagnostics, source)
    return Source(name, text, file)
