"""A new file in the folder of the file that it replaces."""

import errno
import os
import stat
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO

PREFIX = ".cnncalc-"
# The errors of file systems that have no files without a name.
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL, errno.ENOSYS)
# Where Linux lists the open files of a process: through this path a file without a name gets one.
_OPEN = "/proc/self/fd"
# Only Windows distinguishes text files. (Descriptors that Python opens are not inherited.)
_WRITING = os.O_WRONLY | getattr(os, "O_BINARY", 0)


class Beside:
    """A file in the folder of `target`. Unless `replace` is called nothing is left of it.

    On Linux it has no name until it is whole, so that not even a kill leaves it behind; elsewhere a hidden one.
    """

    def __init__(self, target: str) -> None:
        self.target = target
        self.folder = os.path.dirname(target) or os.curdir
        self.name: str | None = None
        self.stream: BinaryIO = open(self._opened(), "wb")  # noqa: SIM115 (closed on exit)

    def _opened(self) -> int:
        if not os.path.isdir(self.folder):
            raise FileNotFoundError(errno.ENOENT, "there is no such folder")
        if hasattr(os, "O_TMPFILE") and os.path.isdir(_OPEN):
            try:
                return os.open(self.folder, os.O_TMPFILE | _WRITING, 0o666)
            except OSError as error:
                if error.errno not in _NO_NAMELESS:
                    raise
        name = self._free_name()
        # Not `tempfile`: its files are for their owner alone, and only the system knows the usual mode.
        number = os.open(name, os.O_CREAT | os.O_EXCL | _WRITING, 0o666)
        self.name = name
        return number

    def _free_name(self) -> str:
        return os.path.join(self.folder, f"{PREFIX}{os.urandom(8).hex()}")

    def __enter__(self) -> "Beside":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The rest of the buffer may not fit on the disk: that has been reported.
        with suppress(OSError):
            self.stream.close()
        if self.name is not None:
            with suppress(OSError):
                os.unlink(self.name)

    def finish(self) -> None:
        """All that was written is on the disk."""
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def take_after(self, path: str, before: os.stat_result) -> None:
        """Give it the owner and the extended attributes (ACLs are among them) of a file. Raises `OSError`."""
        number = self.stream.fileno()
        mine = os.fstat(number)
        if (mine.st_uid, mine.st_gid) != (before.st_uid, before.st_gid):
            os.fchown(number, before.st_uid, before.st_gid)
        if not hasattr(os, "listxattr"):
            return
        try:
            names = os.listxattr(path)
        except OSError:
            # This file system has no extended attributes.
            return
        for name in names:
            value = os.getxattr(path, name)
            if name not in os.listxattr(number) or os.getxattr(number, name) != value:
                os.setxattr(number, name, value)

    def keep_mode(self, before: os.stat_result) -> None:
        """Give it the mode of a file. After the owner: a new one takes bits away. Files on Windows have none."""
        if hasattr(os, "fchmod"):
            os.fchmod(self.stream.fileno(), stat.S_IMODE(before.st_mode))

    def replace(self, *, new: bool = False) -> None:
        """Replace the target by this file. With `new` there must be no target: raises `FileExistsError`."""
        if self.name is None:
            whole = f"{_OPEN}/{self.stream.fileno()}"
            try:
                _link(whole, self.target)
                return
            except FileExistsError:
                if new:
                    raise
                name = self._free_name()
                _link(whole, name)
                self.name = name
        elif new:
            # Not every file system has hard links, which would do this in one step.
            os.close(os.open(self.target, os.O_CREAT | os.O_EXCL | _WRITING, 0o666))
        # Windows cannot rename an open file.
        self.stream.close()
        os.replace(self.name, self.target)
        self.name = None


def _link(path: str, name: str) -> None:
    # Only with a folder's descriptor, which an absolute path does not use, does Python follow the link in /proc.
    os.link(path, name, src_dir_fd=0, follow_symlinks=True)
