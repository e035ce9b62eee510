"""Finds the files of a list of paths: files, folders, globs."""

import errno
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cnncalc.commands._folders import files_below, matching
from cnncalc.files import read_bytes
from cnncalc.lint.patterns import MAGIC, BadPattern

SUFFIXES = (".yaml", ".yml")
# A YAML text whose top level has the key that makes it a spec.
MARK = re.compile(rb"(?m)^[ \t\xef\xbb\xbf{]*[\"']?cnncalc[\"']?[ \t]*:")
# What a folder that is not there is to a glob: it means nothing in it.
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)


@dataclass
class FoundFiles:
    """Files to check, in order and each once, and what was passed over."""

    files: list[Path] = field(default_factory=list)
    not_specs: int = 0
    excluded: int = 0
    unmatched: list[str] = field(default_factory=list)
    # Folders that can't be gone through, each with the reason.
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, folder: str, error: OSError) -> None:
        if error.errno not in _NOT_THERE:
            self.unreadable.append((folder, str(error.strerror).lower()))

    @property
    def seen(self) -> int:
        return len(self.files) + self.not_specs + len(self.unreadable)


def _nothing(path: str) -> bool:
    return False


def search(paths: tuple[str, ...], excluded: Callable[[str], bool] = _nothing) -> FoundFiles:
    """The specs that paths name. A file named outright is always one; in folders the key `cnncalc` decides.

    What is `excluded` is passed over in folders and globs.
    """
    found_files = FoundFiles()
    seen: set[Path] = set()

    def take(file: str) -> None:
        path = Path(file)
        if path not in seen:
            seen.add(path)
            found_files.files.append(path)

    for text in paths:
        before = found_files.seen
        if os.path.isdir(text):
            for file in yaml_files(text, excluded, found_files):
                if _marked(file):
                    take(file)
                else:
                    found_files.not_specs += 1
            if found_files.seen == before:
                found_files.unmatched.append(text)
        elif is_glob(text):
            files = list(glob(text, found_files))
            for file in files:
                if excluded(file):
                    found_files.excluded += 1
                else:
                    take(file)
            if not files and found_files.seen == before:
                found_files.unmatched.append(text)
        else:
            take(text)
    return found_files


def is_glob(text: str) -> bool:
    """Whether a path is a pattern: it has a sign of one, and no file has it for a name."""
    return any(sign in text for sign in MAGIC) and not os.path.lexists(text)


def glob(text: str, result: FoundFiles) -> Iterator[str]:
    """The files that a pattern means, sorted."""
    try:
        return iter(sorted(matching(text, result.refuse)))
    except BadPattern:
        return iter(())


def yaml_files(
    folder: str, excluded: Callable[[str], bool] = _nothing, result: FoundFiles | None = None
) -> Iterator[str]:
    """YAML files below a folder, sorted, without what is passed over or excluded, which is counted in `found`."""
    noted = FoundFiles() if result is None else result

    def kept(path: str) -> bool:
        left_out = excluded(path)
        noted.excluded += left_out
        return not left_out

    def refuse(path: str, error: OSError) -> None:
        noted.unreadable.append((path, str(error.strerror).lower()))

    return files_below(folder, SUFFIXES, kept, refuse)


def _marked(file: str) -> bool:
    """Whether a file found in a folder is a spec; one that can't be read is, so that it is reported."""
    try:
        return MARK.search(read_bytes(file, 1 << 20)[0]) is not None
    except OSError:
        return True
