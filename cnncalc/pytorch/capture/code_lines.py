"""The line of the user's code that is running."""

import os
import sys
from types import CodeType, FrameType

import torch

# Code that no user wrote: PyTorch's, ours, and what has no file.
IGNORED = (
    os.path.dirname(torch.__file__) + os.sep,
    os.path.dirname(os.path.abspath(__file__)) + os.sep,
    "<",
)


class CodeLines:
    """The innermost line of code that is neither PyTorch's nor ours, again and again in one run.

    `caller` is the code that calls the model: what is around it is no part of the model.
    """

    def __init__(self, caller: CodeType) -> None:
        self._caller = caller
        # Each file as messages show it; None for one whose lines are no place.
        self._shown: dict[str, str | None] = {}

    def now(self) -> str:
        """The line that is running: `net.py:12`. Empty where only PyTorch's own modules call each other."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_code is not self._caller:
            file = frame.f_code.co_filename
            if file not in self._shown:
                self._shown[file] = None if file.startswith(IGNORED) else shown_file(file)
            if (shown := self._shown[file]) is not None:
                return f"{shown}:{frame.f_lineno}"
            frame = frame.f_back
        return ""


def shown_file(file: str) -> str:
    """A file for messages: from the package on for an installed one, else relative to the working folder."""
    _, collected, rest = file.rpartition(f"{os.sep}site-packages{os.sep}")
    if collected:
        return rest
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
