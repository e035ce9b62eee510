"""A spec's file as it is written: edits change some places, and all other bytes stay."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.diagnostic import Edit

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_MARK = "\ufeff"


class WrittenText(NamedTuple):
    """A text with its own line ends, and whether a byte order mark is before it."""

    text: str
    marked: bool = False

    def encoded(self) -> bytes:
        return ((_MARK if self.marked else "") + self.text).encode("utf-8")

    def edited(self, edits: Iterable[Edit]) -> "WrittenText":
        """A copy with edits. Places count lines like `Source`; new lines end like the others."""
        starts = [0]
        for line in _LINE.findall(self.text):
            starts.append(starts[-1] + len(line))
        end = self._line_end()
        pieces: list[str] = []
        done = 0
        for span, new in sorted(edits, key=lambda edit: edit.span.start):
            pieces += self.text[done : starts[span.line - 1] + span.column - 1], new.replace("\n", end)
            done = starts[span.end_line - 1] + span.end_column - 1
        return self._replace(text="".join((*pieces, self.text[done:])))

    def _line_end(self) -> str:
        """The line end of most lines."""
        pairs = self.text.count("\r\n")
        lone = self.text.count("\r") - pairs
        feeds = self.text.count("\n") - pairs
        return "\r\n" if pairs > max(lone, feeds) else "\r" if lone > feeds else "\n"

    def with_line_feeds(self) -> "WrittenText":
        return self._replace(text=self.text.replace("\r\n", "\n").replace("\r", "\n"))


def decoded(data: bytes) -> WrittenText | None:
    """The text of a file; None if it is not text."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return WrittenText(text.removeprefix(_MARK), text.startswith(_MARK))
