"""Standard output and standard error: readable in every encoding, and no line is a command to a CI system.

Both are wrapped once, as the program starts. No command and no renderer has to think of it.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import Any

from cnncalc.program.spelling import BY_NAME, TEXT, Spelling

# Text that CI systems execute. GitHub: `::` at the start of a line, after spaces. GitHub's older form, Azure
# and TeamCity: `##[`, `##vso[`, `##teamcity[` anywhere in a line. A colour does not count. Its last character is
# escaped.
_COMMAND = r"(?:^|(?<=[\n\r]))(?:[^\S\n\r]|\x1b\[[0-9;]*m)*:(?P<colon>:)|##\w{0,24}(?P<bracket>\[)"
_STARTING = r"(?:\s|\x1b\[[0-9;]*m)*:?"
# Characters of a line that are remembered: a command may be written in pieces.
_REMEMBERED = 32


class Output:
    """A text stream that escapes commands of CI systems, and characters that its encoding lacks."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._line = ""
        self._spelling = TEXT
        self._commands = False
        self.spell(TEXT)

    def spell(self, spelling: Spelling) -> None:
        """From here on, write escapes of this kind."""
        self._spelling = spelling
        if isinstance(self._stream, TextIOWrapper):
            self._stream.reconfigure(errors=spelling.errors)

    @contextmanager
    def commands(self) -> Iterator[None]:
        """Within this context, lines that are commands to GitHub are intended."""
        self._commands = True
        try:
            yield
        finally:
            self._commands = False

    def write(self, text: str | bytes) -> int:
        if isinstance(text, bytes) and text:
            self._write_bytes(text)
        else:
            # No bytes at all are refused by the stream itself: that is how click learns that it takes text.
            self._stream.write(self._inert(text) if isinstance(text, str) else text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def _write_bytes(self, data: bytes) -> None:
        """Bytes go out as they are: a spec's own text, or a patch of it, whatever the encoding."""
        self._stream.flush()
        self._stream.buffer.write(data)
        self._stream.buffer.flush()
        self._line = ""

    def _inert(self, text: str) -> str:
        before, whole = self._line, self._line + text
        if "::" in whole or "##" in whole:
            whole = re.sub(_COMMAND, lambda match: self._escaped(match, len(before)), whole)
        last = whole[max(whole.rfind("\n"), whole.rfind("\r")) + 1 :]
        # A line that has begun is not taken for one that begins. (To compile the pattern takes time at start-up.)
        rest = last.lstrip()
        begins = not rest or (rest[0] in ":\x1b" and re.fullmatch(_STARTING, last))
        self._line = last if begins else f"x{last[-_REMEMBERED:]}"
        return whole[len(before) :]

    def _escaped(self, match: "re.Match[str]", written: int) -> str:
        if match.end() <= written or (self._commands and match["colon"]):
            return match[0]
        return match[0][:-1] + self._spelling.escape(match[0][-1])

    def __getattr__(self, name: str) -> Any:
        # Click would write around this to a stream's buffer, where the encoding is ASCII.
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self._stream, name)


def open_streams() -> None:
    """Wrap the output; a stream that the caller has closed is empty, and what is written to it is lost."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115 (open as long as the process)
            setattr(sys, name, stream)
        if mode == "w" and not isinstance(stream, Output):
            setattr(sys, name, Output(stream))


def inert(text: str) -> str:
    """A whole text in which no CI system finds a command."""
    return re.sub(_COMMAND, lambda match: match[0][:-1] + TEXT.escape(match[0][-1]), text)


def write_as(escapes: str, *, stderr: bool = False) -> None:
    """Within this context characters are escaped as in `text`, `json`, `markdown`, `xml` or `yaml`."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, Output):
        stream.spell(BY_NAME[escapes])


@contextmanager
def commands(*, stderr: bool = False) -> Iterator[None]:
    """Within this context, GitHub's workflow commands are intended."""
    stream = sys.stderr if stderr else sys.stdout
    if isinstance(stream, Output):
        with stream.commands():
            yield
    else:
        yield


def drop_output() -> None:
    """Discard the rest of the output, so that the interpreter's last flush does not fail again."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
