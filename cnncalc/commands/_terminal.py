"""Where a command writes text for people: how wide the page is, and whether it is in colour.

Rich is imported only where colour may be wanted: it takes as long to start as half of a short command, and what goes
to a pipe or to a file needs none of it.
"""

import os
import sys
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

# Characters in a line where nothing says how wide the page is; rich has the same.
USUAL_WIDTH = 80
# Environment variables by which a user, or a CI system, asks for colour where there is no terminal.
ASKS_FOR_COLOUR = ("FORCE_COLOR", "TTY_COMPATIBLE")


def rich_console(*, stderr: bool = False) -> "Console":
    """Rich's console: knows the width, whether colour is wanted (NO_COLOR, FORCE_COLOR), and changes no text."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True)


class Terminal:
    """Standard output or standard error. Text with a style is in colour where rich finds that colour is wanted."""

    def __init__(self, *, stderr: bool = False) -> None:
        self._stderr = stderr

    @property
    def file(self) -> TextIO:
        """The stream that it writes to, as it is now."""
        return sys.stderr if self._stderr else sys.stdout

    @property
    def encoding(self) -> str:
        """The encoding of the stream."""
        return self.file.encoding or "utf-8"

    @cached_property
    def _console(self) -> "Console | None":
        """Rich's console where colour may be wanted, else None."""
        if self.file.isatty() or any(name in os.environ for name in ASKS_FOR_COLOUR):
            return rich_console(stderr=self._stderr)
        return None

    @property
    def width(self) -> int:
        """Characters in a line: of COLUMNS, else of the terminal that any of the standard streams is, else 80."""
        if self._console is not None:
            return self._console.width
        columns = os.environ.get("COLUMNS", "")
        if columns.isdigit() and int(columns):
            return int(columns)
        for stream in (0, 1, 2):
            try:
                return os.get_terminal_size(stream).columns or USUAL_WIDTH
            except (OSError, ValueError):
                continue
        return USUAL_WIDTH

    def write(self, pieces: Iterable[str]) -> None:
        """Write pieces of text, those with a style (`cnncalc.render.piece.Piece`) in it."""
        console = self._console
        if console is None or console.color_system is None:
            for piece in pieces:
                self.file.write(piece)
            return
        from rich.text import Text

        for piece in pieces:
            if style := getattr(piece, "style", ""):
                console.print(Text(piece, style=style), end="")
            else:
                console.file.write(piece)
