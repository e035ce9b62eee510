"""Reading that never waits: a named pipe, a device or a socket is refused where a file is meant."""

import errno
import os
import re
import stat

# The names of what this process has open, as a shell's `<(command)` gives them. They are read, whatever they are.
_DESCRIPTOR = r"/dev/(?P<name>stdin|stdout|stderr)|(?:/dev/fd|/proc/self/fd)/(?P<number>\d{1,9})"
_STANDARD = {"stdin": 0, "stdout": 1, "stderr": 2}
# Some systems lack some of these.
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)
_READING = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
# Characters of the longest path of any system, Windows. To resolve a longer text would take long, for nothing.
LONGEST = 32_767
# Linux treats a longer chain of links as a loop.
_LINKS = 40
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)


def is_file(path: str) -> bool:
    """Whether the path exists and can be read like a file: it is not a folder."""
    return os.path.exists(path) and not os.path.isdir(path)


class NotAFile(OSError):
    """The path is not a regular file; `strerror` says what it is."""

    def __init__(self, mode: int) -> None:
        kind = next((kind for test, kind in _KINDS if test(mode)), "something else")
        super().__init__(errno.EINVAL, f"it is {kind}, not a file")
        self.kind = kind


def descriptor(path: str) -> int | None:
    """The open descriptor that a path such as `/dev/stdin` or `/dev/fd/3` names, also through links."""
    for _ in range(_LINKS):
        name = os.path.normpath(path)
        # (To compile the pattern takes time at start-up.)
        match = re.fullmatch(_DESCRIPTOR, name) if name.startswith(("/dev/", "/proc/")) else None
        if match is not None:
            return _STANDARD[match["name"]] if match["name"] else int(match["number"])
        try:
            path = os.path.join(os.path.dirname(path), os.readlink(path))
        except (OSError, ValueError):
            return None
    return None


def read_bytes(path: str, limit: int) -> tuple[bytes, int]:
    """The first `limit` bytes of a file, and its size if it has one, else the number of bytes that were read.

    Raises `OSError` (`NotAFile`, `IsADirectoryError`) and, for a path that no file can have, `ValueError`.
    """
    with open(opened(path), "rb") as file:
        data = file.read(limit)
        status = os.fstat(file.fileno())
    return data, status.st_size if stat.S_ISREG(status.st_mode) else len(data)


def opened(path: str) -> int:
    """A descriptor to read a path by. What is not a regular file is not opened: that alone can wait, or do something.

    Between the look and the opening something else may take its place, hence without waiting and with a second look.
    """
    if descriptor(path) is not None:
        return os.open(path, _READING)
    refuse_others(os.stat(path).st_mode)
    number = os.open(path, _READING | _WITHOUT_WAITING)
    try:
        refuse_others(os.fstat(number).st_mode)
    except OSError:
        os.close(number)
        raise
    return number


def refuse_others(mode: int) -> None:
    """Raises an error for everything except a regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise NotAFile(mode)


def regular(path: str) -> bool:
    """Whether a path leads to a regular file; False too if this cannot be determined."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False
