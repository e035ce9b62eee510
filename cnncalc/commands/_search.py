"""Which files a list of paths means: files, folders, globs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
# Folders of environments and caches: what is in them is not the user's own.
PASSED_OVER = frozenset(("node_modules", "__pycache__", "venv", "env", "site-packages"))
# A YAML text whose top level has the key that makes it a spec.
MARK = re.compile(rb"(?m)^[ \t\xef\xbb\xbf{]*[\"']?cnncalc[\"']?[ \t]*:")


@dataclass
class Found:
    """Files to check, in order and each once, and what was passed over."""

    files: list[Path] = field(default_factory=list)
    not_specs: int = 0
    excluded: int = 0
    unmatched: list[str] = field(default_factory=list)
    # Folders that can't be gone through, each with the reason.
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def _nothing(path: Path) -> bool:
    return False


def search(paths: tuple[str, ...], excluded: Callable[[Path], bool] = _nothing) -> Found:
    """The specs that paths name. A file named outright is always one; in folders the key `cnncalc` decides.

    What is `excluded` is passed over in folders and globs.
    """
    found = Found()
    seen: set[Path] = set()

    def take(path: Path) -> None:
        if path not in seen:
            seen.add(path)
            found.files.append(path)

    for text in paths:
        path = Path(text)
        if path.is_dir():
            before = len(found.files) + found.not_specs + len(found.unreadable)
            for file in yaml_files(path, excluded, found):
                if _marked(file):
                    take(file)
                else:
                    found.not_specs += 1
            if len(found.files) + found.not_specs + len(found.unreadable) == before:
                found.unmatched.append(text)
        elif any(sign in text for sign in "*?[") and not path.exists():
            matches = sorted(matching(text))
            for file in matches:
                if excluded(file):
                    found.excluded += 1
                else:
                    take(file)
            if not matches:
                found.unmatched.append(text)
        else:
            take(path)
    return found


def matching(pattern: str) -> Iterator[Path]:
    """The files that a glob means."""
    from glob import iglob

    return (Path(name) for name in iglob(pattern, recursive=True) if Path(name).is_file())


def yaml_files(
    folder: Path, excluded: Callable[[Path], bool] = _nothing, found: Found | None = None
) -> Iterator[Path]:
    """YAML files below a folder, sorted; hidden and environment folders are passed over, links are not followed."""
    import os

    told = Found() if found is None else found

    def refused(error: OSError) -> None:
        told.unreadable.append((str(error.filename), str(error.strerror).lower()))

    def kept(path: Path) -> bool:
        left_out = excluded(path)
        told.excluded += left_out
        return not left_out

    for root, folders, files in os.walk(folder, onerror=refused):
        folders[:] = sorted(
            name for name in folders if not _passed_over(Path(root, name)) and kept(Path(root, name))
        )
        for name in sorted(files):
            if name.endswith(SUFFIXES) and name[0] != "." and kept(path := Path(root, name)):
                yield path


def _passed_over(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in PASSED_OVER or (folder / "pyvenv.cfg").exists()


def _marked(file: Path) -> bool:
    """Whether a file found in a folder is a spec; one that can't be read is, so that it is reported."""
    try:
        with file.open("rb") as stream:
            return MARK.search(stream.read(1 << 20)) is not None
    except OSError:
        return True
