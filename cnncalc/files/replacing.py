"""Writing: a file is replaced completely, so that after a full disk, an error or a kill the old file is still there."""

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import BinaryIO

from cnncalc.files._beside import Beside
from cnncalc.files.reading import NotAFile, descriptor, refuse_others

# Windows does not allow replacing an open file, and has no descriptors that do not wait.
_REPLACES_OPEN = os.name != "nt"
_BINARY = getattr(os, "O_BINARY", 0)
_WITHOUT_WAITING = getattr(os, "O_NONBLOCK", 0)

READ_ONLY = "the file is read-only"


class Changed(OSError):
    """A file that no longer holds what was read from it."""

    def __init__(self) -> None:
        super().__init__(errno.EAGAIN, "it has changed since it was read")


@contextmanager
def writing(path: str, *, new: bool = False) -> Iterator[BinaryIO]:
    """A stream for the new content of a file, which replaces the old content when the block ends, or not at all.

    A file keeps its mode, and a link its place: what it leads to is replaced. Devices, pipes and open descriptors
    (`/dev/stdout`) are written directly. With `new` no file may be there, also when the block ends. Raises `OSError`
    (`FileExistsError`), and `ValueError` for a path that no file can have.
    """
    direct = _direct(path)
    if direct is not None:
        with open(direct, "wb") as stream:
            yield stream
        return
    target = os.path.realpath(path)
    before = _status(target)
    if new and os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    if before is not None:
        _refuse_read_only(target, before.st_mode)
    with Beside(target) as beside:
        yield beside.stream
        beside.finish()
        if before is not None:
            # The file keeps its owner if the system permits that; if not, the file is written all the same.
            with suppress(OSError):
                beside.take_after(target, before)
            beside.keep_mode(before)
        beside.replace(new=new)


def rewrite(path: str, data: bytes, *, instead_of: bytes) -> None:
    """Put `data` into a file that holds `instead_of`; it keeps its mode, owner, attributes and other names.

    What a new file could not keep is written in place: the old text is put back if that fails, but a kill in that
    moment can leave a part of it. Raises `OSError`: `Changed` where the file holds something else.
    """
    if (number := descriptor(path)) is not None:
        raise NotAFile(os.fstat(number).st_mode)
    refuse_others(os.stat(path).st_mode)
    target = os.path.realpath(path)
    number = os.open(target, os.O_RDWR | _BINARY | _WITHOUT_WAITING)
    with open(number, "r+b", buffering=0) as old:
        before = os.fstat(number)
        refuse_others(before.st_mode)
        _refuse_read_only(target, before.st_mode)
        held = old.readall()
        if held == data:
            return
        if held != instead_of:
            raise Changed
        if before.st_nlink > 1 or not _REPLACES_OPEN or not _replaced(target, data, before):
            _write_in_place(number, instead_of, data)


def _replaced(target: str, data: bytes, before: os.stat_result) -> bool:
    """Whether a new file can replace the old one and keep its owner, mode and attributes."""
    with Beside(target) as beside:
        beside.stream.write(data)
        beside.finish()
        try:
            beside.take_after(target, before)
        except OSError:
            return False
        beside.keep_mode(before)
        now = os.stat(target)
        if (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) != (
            before.st_dev, before.st_ino, before.st_size, before.st_mtime_ns,
        ):  # fmt: skip
            raise Changed
        beside.replace()
    return True


def _write_in_place(number: int, before: bytes, data: bytes) -> None:
    try:
        if len(data) > len(before) and hasattr(os, "posix_fallocate"):
            # A full disk is noticed while the old text is still whole.
            os.posix_fallocate(number, 0, len(data))
        _fill(number, data)
    except BaseException:
        _fill(number, before)
        raise


def _fill(number: int, data: bytes) -> None:
    done = 0
    while done < len(data):
        done += _write_at(number, data[done:], done)
    os.ftruncate(number, len(data))
    os.fsync(number)


def _write_at(number: int, data: bytes, place: int) -> int:
    """Write at a place of a file, as `os.pwrite`, which Windows lacks. Returns how many bytes were written."""
    if hasattr(os, "pwrite"):
        return os.pwrite(number, data, place)
    os.lseek(number, place, os.SEEK_SET)
    return os.write(number, data)


def _direct(path: str) -> int | None:
    """A descriptor of a target that is written to directly; None for files, and for targets that do not exist yet."""
    if (number := descriptor(path)) is not None:
        for stream in (sys.stdout, sys.stderr):
            # Output that is already in the buffer comes before it.
            stream.flush()
        return os.dup(number)
    status = _status(path)
    if status is None or stat.S_ISREG(status.st_mode):
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return os.open(path, os.O_WRONLY | _BINARY)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except FileNotFoundError:
        return None


def _refuse_read_only(path: str, mode: int) -> None:
    """Root can write every file, also one that its owner has made read-only. Such a file is not changed."""
    if not mode & 0o222 or not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, READ_ONLY)
