"""A spec's file as it is written: its bytes, changed in some places and nowhere else."""

import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from cnncalc.diagnostic import Edit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MARK = "\ufeff"


class Written(NamedTuple):
    """A text with its own line ends, and whether a byte order mark stands before it."""

    text: str
    marked: bool = False

    def encoded(self) -> bytes:
        return ((_MARK if self.marked else "") + self.text).encode("utf-8")

    def edited(self, edits: Iterable[Edit]) -> "Written":
        """With edits whose places count lines as `Source` does; new lines end as the others do."""
        starts = [0]
        for line in _LINE.findall(self.text):
            starts.append(starts[-1] + len(line))
        text, end = self.text, self._line_end()
        for span, new in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
            begin = starts[span.line - 1] + span.column - 1
            stop = starts[span.end_line - 1] + span.end_column - 1
            text = text[:begin] + new.replace("\n", end) + text[stop:]
        return self._replace(text=text)

    def _line_end(self) -> str:
        """How most lines end."""
        pairs = self.text.count("\r\n")
        lone = self.text.count("\r") - pairs
        feeds = self.text.count("\n") - pairs
        return "\r\n" if pairs > max(lone, feeds) else "\r" if lone > feeds else "\n"

    def with_line_feeds(self) -> "Written":
        return self._replace(text=self.text.replace("\r\n", "\n").replace("\r", "\n"))


def decoded(data: bytes) -> Written | None:
    """The text of a file; None where it is no text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return Written(text.removeprefix(_MARK), text.startswith(_MARK))


def write(path: "str | os.PathLike[str]", data: bytes, *, instead_of: bytes | None = None) -> None:
    """Put `data` into a file, whole or not at all; it keeps its mode, and a link stays a link.

    Raises `OSError`, also where the file no longer holds what it is written `instead_of`.
    """
    target = os.path.realpath(path)
    mode = None
    with suppress(FileNotFoundError):
        mode = os.stat(target).st_mode & 0o7777
    if mode is not None and not os.path.isfile(target):
        # A device or a pipe is no file to be replaced.
        with open(target, "wb") as stream:
            stream.write(data)
        return
    handle, made = tempfile.mkstemp(prefix=".cnncalc-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(made, _usual_mode() if mode is None else mode)
        if instead_of is not None and _read(target) != instead_of:
            raise OSError("it has changed in the meantime")
        os.replace(made, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(made)
        raise


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:
        return stream.read()
