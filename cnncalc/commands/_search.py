"""Which files a list of paths means: files, folders, globs."""

import re
from collections.abc import Iterator
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
    unmatched: list[str] = field(default_factory=list)


def search(paths: tuple[str, ...]) -> Found:
    """The specs that paths name. A file named outright is always one; in folders the key `cnncalc` decides."""
    found = Found()
    seen: set[Path] = set()

    def take(path: Path) -> None:
        if path not in seen:
            seen.add(path)
            found.files.append(path)

    for text in paths:
        path = Path(text)
        if path.is_dir():
            before = len(found.files) + found.not_specs
            for file in _yaml_files(path):
                if _marked(file):
                    take(file)
                else:
                    found.not_specs += 1
            if len(found.files) + found.not_specs == before:
                found.unmatched.append(text)
        elif any(sign in text for sign in "*?[") and not path.exists():
            matches = sorted(_glob(text))
            for file in matches:
                take(file)
            if not matches:
                found.unmatched.append(text)
        else:
            take(path)
    return found


def _glob(pattern: str) -> Iterator[Path]:
    from glob import iglob

    return (Path(name) for name in iglob(pattern, recursive=True) if Path(name).is_file())


def _yaml_files(folder: Path) -> Iterator[Path]:
    """YAML files below a folder, sorted; hidden and environment folders are passed over, links are not followed."""
    import os

    for root, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _passed_over(Path(root, name)))
        yield from (Path(root, name) for name in sorted(files) if name.endswith(SUFFIXES) and name[0] != ".")


def _passed_over(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.name in PASSED_OVER or (folder / "pyvenv.cfg").exists()


def _marked(file: Path) -> bool:
    """Whether a file found in a folder is a spec; one that can't be read is, so that it is reported."""
    try:
        with file.open("rb") as stream:
            return MARK.search(stream.read(1 << 20)) is not None
    except OSError:
        return True
