"""Errors that come from the limits of the machine: too little memory, too few open files, too deep a nesting."""

import errno
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

SHORT = {
    errno.ENOMEM: "there is not enough memory",
    errno.EMFILE: "too many files are open for this process (see `ulimit -n`)",
    errno.ENFILE: "too many files are open on this machine",
    errno.EAGAIN: "no more processes can be started",
}
# Messages of the dynamic linker and CPython if memory, or a thread, is refused.
WORDS = ("failed to map segment", "cannot allocate memory", "can't start new thread", "cannot create thread",
         "returned null without setting an exception")  # fmt: skip

# Bytes of small objects that are given back when memory runs out; the interpreter needs some to leave a `with`, and
# CPython 3.11 tries for ever if it gets none.
RESERVE = [16 * size for size in range(1, 32)] * 16


def limit(error: BaseException) -> str | None:
    """The limit that an error comes from, as a sentence; None for any other error."""
    for cause in _causes(error):
        if isinstance(cause, MemoryError):
            return SHORT[errno.ENOMEM]
        if isinstance(cause, RecursionError):
            return "it is nested too deeply"
        if isinstance(cause, OSError) and cause.errno in SHORT:
            return SHORT[cause.errno]
        if isinstance(cause, ImportError | RuntimeError | SystemError):
            said = str(cause).lower()
            if any(words in said for words in WORDS):
                return SHORT[errno.EAGAIN if "thread" in said else errno.ENOMEM]
    return None


def is_interrupt(error: BaseException) -> bool:
    """Whether an error comes from Ctrl-C: Python 3.11 makes another one of it where a class is being made."""
    return any(isinstance(cause, KeyboardInterrupt) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it was raised from."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def let_go(error: BaseException) -> None:
    """Give back what an error's frames hold: where memory or open files ran out, a sentence needs some of them."""
    import gc

    for cause in _causes(error):
        cause.__traceback__ = None
    gc.collect()


def with_reserve(callback: Callable[..., Any]) -> Callable[..., Any]:
    """A function that has given back its memory by the time a `MemoryError` leaves it."""

    @wraps(callback)
    def run(*arguments: Any, **options: Any) -> Any:
        reserve = [bytes(size) for size in RESERVE]
        try:
            return callback(*arguments, **options)
        except (MemoryError, SystemError) as error:
            reserve.clear()
            let_go(error)
            raise

    return run
