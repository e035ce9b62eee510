"""Folders gone through: without recursion, which deep ones would exhaust, and none of them twice."""

import errno
import os
import stat
from collections.abc import Callable, Iterator

from cnncalc.files import regular
from cnncalc.lint.patterns import DEEP, MAGIC, Segment, is_named, segment, with_deep

# Folders of environments and caches: what is in them is not the user's own.
PASSED_OVER = frozenset(("node_modules", "__pycache__", "venv", "env", "site-packages"))

Refused = Callable[[str, OSError], None]
"""Called with a folder that can't be gone through, and why."""


def files_below(
    folder: str, suffixes: tuple[str, ...], kept: Callable[[str], bool], refused: Refused
) -> Iterator[str]:
    """Files below a folder with one of these endings, sorted, those of a folder before those of the folders in it.

    Hidden and environment folders are passed over, and links to folders. So is what is no file (a pipe, a device, a
    loop of links), but not a link that leads nowhere: whoever made it expects a file there.
    """
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                names = sorted(_named(entry) for entry in entries)
        except OSError as error:
            refused(here, error)
            continue
        below = []
        for name, is_folder, is_file in names:
            path = os.path.join(here, name)
            if is_folder:
                if not _passed_over(name, path) and kept(path):
                    below.append(path)
            elif name.endswith(suffixes) and name[0] != "." and (is_file or _expected(path)) and kept(path):
                yield path
        waiting += reversed(below)


def _named(entry: "os.DirEntry[str]") -> tuple[str, bool, bool]:
    """A name in a folder, whether it is a folder, and whether it is a file; a link is neither."""
    return entry.name, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False)


def _passed_over(name: str, path: str) -> bool:
    return name[0] == "." or name in PASSED_OVER or os.path.exists(os.path.join(path, "pyvenv.cfg"))


def _expected(path: str) -> bool:
    """Whether what is neither a file nor a folder leads to a file, or should."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        return error.errno != errno.ELOOP


def matching(pattern: str, refused: Refused) -> Iterator[str]:
    """The files that a glob means: `*`, `?` and `[...]` within a name, `**` for any number of folders.

    Neither `*` nor `**` means what is hidden. `**` goes through links to folders too, but into no folder twice; links
    come last, so that files are found by their own names. Raises `BadPattern`.
    """
    parts = pattern.split("/")
    plain = next(index for index, part in enumerate(parts) if any(sign in part for sign in MAGIC))
    start = "".join(f"{part}/" for part in parts[:plain])
    if parts[-1]:
        yield from _Glob([part for part in parts[plain:] if part not in ("", ".")]).files(start, refused)


class _Glob:
    """A glob from its first sign on. The places between its segments are numbered; each folder is gone through once,
    for all places that are reached in it.
    """

    def __init__(self, parts: list[str]) -> None:
        self.segments: tuple[Segment, ...] = tuple(map(segment, parts))
        self.end = len(parts)
        self.deep = {index for index, part in enumerate(parts) if part == DEEP}
        self.up = {index for index, part in enumerate(parts) if part == ".."}
        self.hidden = {index for index, part in enumerate(parts) if part[0] == "."}
        self.been: dict[tuple[int, int], set[int]] = {}

    def files(self, start: str, refused: Refused) -> Iterator[str]:
        waiting: list[tuple[str, set[int]]] = [(start, {0})]
        links: list[tuple[str, set[int]]] = []
        while waiting or links:
            folder, reached = waiting.pop() if waiting else links.pop(0)
            try:
                places = self.new_places(folder, reached)
                entries = _entries(folder) if places - self.up else []
            except OSError as error:
                refused(folder, error)
                continue
            waiting += ((f"{folder}../", {index + 1}) for index in sorted(places & self.up))
            below: list[tuple[str, set[int]]] = []
            for name, is_folder, linked in entries:
                after = self.after(places, name)
                path = folder + name
                if self.end in after and regular(path):
                    yield path
                after.discard(self.end)
                if after and (is_folder or (linked and os.path.isdir(path))):
                    (links if linked else below).append((f"{path}/", after))
            waiting += reversed(below)

    def new_places(self, folder: str, reached: set[int]) -> set[int]:
        """The places in a folder, without each `**` that has been in it."""
        if reached & self.deep:
            status = os.stat(folder or os.curdir)
            before = self.been.setdefault((status.st_dev, status.st_ino), set())
            reached = reached - before
            before |= reached & self.deep
        return with_deep(reached, self.segments)

    def after(self, places: set[int], name: str) -> set[int]:
        """The places behind a name."""
        following = set()
        hidden = name[0] == "."
        for index in places:
            if hidden and index not in self.hidden:
                continue
            if index in self.deep:
                following |= {index, index + 1} if index + 1 == self.end else {index}
            elif is_named(self.segments[index], name):
                following.add(index + 1)
        return following


def _entries(folder: str) -> list[tuple[str, bool, bool]]:
    """The names in a folder, sorted; whether each is a folder, and whether a link."""
    with os.scandir(folder or os.curdir) as entries:
        return sorted(
            (entry.name, entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in entries
        )
