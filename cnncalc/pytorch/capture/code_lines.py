"""The line of the user's code that is running."""

import os
import sys
from types import FrameType

import torch

# Code that no user wrote: PyTorch's, ours, and what has no file.
IGNORED = (
    os.path.dirname(torch.__file__) + os.sep,
    os.path.dirname(os.path.abspath(__file__)) + os.sep,
    "<",
)


def place() -> str:
    """The innermost line of code that is neither PyTorch's nor ours: `net.py:12`."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith(IGNORED):
            return f"{shown_file(file)}:{frame.f_lineno}"
        frame = frame.f_back
    return ""


def shown_file(file: str) -> str:
    """A file for messages: from the package on for an installed one, else relative to the working folder."""
    _, collected, rest = file.rpartition(f"{os.sep}site-packages{os.sep}")
    if collected:
        return rest
    relative = os.path.relpath(file)
    return file if relative.startswith("..") else relative
