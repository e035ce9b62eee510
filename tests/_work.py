"""Work instead of time: how many calls are made is the same on every machine, busy or not."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooMuchWork(AssertionError):
    """More calls than a test allows."""


@contextmanager
def at_most(calls: int) -> Iterator[None]:
    """Fail as soon as more than `calls` functions have been called, Python's or C's; an endless loop ends too."""
    total = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal total
        if event in ("call", "c_call"):
            total += 1
            if total > calls:
                sys.setprofile(None)
                raise TooMuchWork(f"more than {calls:,} calls")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)
