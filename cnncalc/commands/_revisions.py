"""Specs of a commit: `git:REV:PATH` is read without a checkout."""

import os
import re
import subprocess
from collections.abc import Iterable
from errno import E2BIG
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NoReturn

import click

from cnncalc.commands._run import read_spec_argument
from cnncalc.diagnostic import Diagnostic
from cnncalc.files import LONGEST
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Mapping, Scalar, Source, escaped, from_bytes, load
from cnncalc.text.source import LIMIT

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

PREFIX = "git:"
# The first colon ends the revision; not one in braces, as in `HEAD@{2024-01-01 12:00}`.
FORM = re.compile(r"(?P<revision>(?:[^:{]|\{[^}]*\})+):(?P<path>.+)", re.DOTALL)
# Specs that one may extend in a row, as in any folder.
MOST = 8


def read_revision(reference: str, folder: Path, inputs: "Iterable[Wanted]" = ()) -> Spec:
    """The spec of `git:REV:PATH`, PATH from the current folder on; what it extends is of that revision too.

    Its files are put into `folder`, an empty one: what reads them is what reads any file. Where there is no such
    repository, revision or file, that is one line, and the program ends.
    """
    match = FORM.fullmatch(reference.removeprefix(PREFIX))
    if match is None:
        _fail(f"{reference!r} is not git:REVISION:PATH")
    revision, path = match["revision"], match["path"]
    if revision.startswith("-"):
        _fail(f"{revision!r} is not a revision: a revision cannot begin with a hyphen")
    commit = _commit(revision)
    if len(path) > LONGEST:
        _fail(f"there is no file {path} in revision {revision}")
    inside = _inside(path)
    name = f"{PREFIX}{revision}:{path}"
    data = _blob(commit, inside, revision)
    if data is None:
        _fail(f"there is no file {inside} in revision {revision}")
    if not path.endswith((".yaml", ".yml")) or b"backbone:" in data or b"head:" in data:
        from cnncalc.folding.foreign import foreign_content

        if (foreign := foreign_content(data, name, inputs)) is not None:
            return foreign
    try:
        source, faults = _put(folder, inside, data, name)
    except OSError as error:
        _fail(f"{inside} of revision {revision} can't be read: {(error.strerror or str(error)).lower()}")
    _bring_bases(folder, inside, source, commit, revision)
    return read_spec(source, faults)


def read_either(reference: str, folder: Path, inputs: "Iterable[Wanted]" = ()) -> Spec:
    """A spec by a path, a shipped name, or a revision of a path; `inputs` are for files of other programs."""
    if reference.startswith(PREFIX):
        return read_revision(reference, folder, inputs)
    return read_spec_argument(reference, inputs)


def _put(folder: Path, inside: str, data: bytes, name: str) -> tuple[Source | None, tuple[Diagnostic, ...]]:
    place = folder / inside
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return from_bytes(data, escaped(name, 4096), str(place))


def _bring_bases(folder: Path, inside: str, source: Source | None, commit: str, revision: str) -> None:
    """Put the specs that one extends beside it. What can't be is for the reader of the spec to say."""
    for _ in range(MOST):
        root, _faults = load(source) if source is not None else (None, ())
        entry = root.get("extends") if isinstance(root, Mapping) else None
        target = entry.value.value if entry is not None and isinstance(entry.value, Scalar) else None
        if not isinstance(target, str) or not target:
            return
        path = PurePosixPath(inside).parent / target
        if path.is_absolute() or ".." in path.parts or (data := _blob(commit, str(path), revision)) is None:
            return
        inside = str(path)
        try:
            source, _ = _put(folder, inside, data, inside)
        except OSError:
            return


def _commit(revision: str) -> str:
    if _git("rev-parse", "--git-dir").returncode:
        _fail(f"the current folder is not in a git repository: {os.getcwd()}")
    printed = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if printed.returncode:
        _fail(f"there is no revision {revision!r} in this repository (a shallow clone has few of them)")
    return printed.stdout.decode().strip()


def _inside(path: str) -> str:
    """A path from the root of the repository on."""
    if "\0" in path:
        _fail(f"{path} is not a path")
    root = _git("rev-parse", "--show-toplevel")
    # A repository without a work tree has no current folder inside it.
    top = os.fsdecode(root.stdout).rstrip("\n") if not root.returncode else os.getcwd()
    inside = os.path.relpath(os.path.realpath(path), os.path.realpath(top)).replace(os.sep, "/")
    if inside.split("/", 1)[0] == "..":
        _fail(f"{path} is outside the repository")
    return inside


def _blob(commit: str, inside: str, revision: str) -> bytes | None:
    """A file's bytes, no more of them than are read of any spec (and one); None where there is none."""
    kind = _git("cat-file", "-t", f"{commit}:{inside}")
    if kind.returncode:
        return None
    if kind.stdout.strip() != b"blob":
        _fail(f"{inside} is a folder in revision {revision}")
    with subprocess.Popen(
        ["git", "cat-file", "blob", f"{commit}:{inside}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        assert running.stdout is not None
        data = running.stdout.read(LIMIT + 1)
        running.kill()
    return data


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(["git", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError:
        _fail("git:REVISION:PATH needs the program `git`, which is not installed")
    except ValueError:
        # A name with a NUL, or with half a character, is the name of nothing.
        return subprocess.CompletedProcess(arguments, 1, b"", b"")
    except OSError as error:
        if error.errno == E2BIG:
            # So is one that is longer than any.
            return subprocess.CompletedProcess(arguments, 1, b"", b"")
        _fail(f"`git` can't be run: {(error.strerror or str(error)).lower()}")


def _fail(message: str) -> NoReturn:
    raise click.ClickException(escaped(message, 400))
