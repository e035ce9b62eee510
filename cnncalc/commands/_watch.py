"""`validate --watch`: check again whenever something changes."""

import os
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from time import sleep, time_ns
from typing import NamedTuple

import click

from cnncalc.commands._check import check_file
from cnncalc.commands._configured import finder, look_for, print_bad_config
from cnncalc.commands._lint_options import LintRequest
from cnncalc.commands._outcome import Outcome, Task
from cnncalc.commands._print_findings import print_findings
from cnncalc.commands._run import collect_garbage
from cnncalc.commands._search import FoundFiles, glob, is_glob, yaml_files
from cnncalc.exact import counted
from cnncalc.lint.discovery import NAMES
from cnncalc.lint.settings import BadConfig, Settings

# Seconds between two looks at the files.
INTERVAL = 0.4
# Nanoseconds by which a file system's clock may be behind: a file may bear a time from before it was written.
GRAIN = 50_000_000

Stamp = tuple[str, int, int]


class KnownOutcome(NamedTuple):
    """What came of a file, and what that depends on: None where that may have changed since it was read."""

    settings: Settings
    stamps: tuple[Stamp, ...] | None
    outcome: Outcome


def watch(paths: tuple[str, ...], asked: LintRequest, task: Task) -> int:
    """Check, print, and wait for a change, until Ctrl-C.

    A file that vanishes is left out, or reported if it is named. A file that is half written is checked as it is, and
    again when the rest is there.
    """
    collect_garbage()
    known: dict[Path, KnownOutcome] = {}
    beside: list[str] = []
    before: object = None
    while True:
        # Taken before the files are read: what changes meanwhile makes another round.
        searched = stamps(_searched(paths, asked))
        if (searched, stamps(beside)) != before:
            _round(paths, asked, task, known)
            beside = sorted({file for entry in known.values() for file in entry.outcome.beside})
            before = (searched, stamps(beside)) if not _read_since(known) else None
        sleep(INTERVAL)


def _searched(paths: tuple[str, ...], asked: LintRequest) -> list[str]:
    """Every file that can matter: those that the paths mean, and their configurations. No file is read."""
    wanted: set[str] = set()
    for text in paths or (".",):
        if os.path.isdir(text):
            wanted.update(yaml_files(text))
        elif is_glob(text):
            wanted.update(glob(text, FoundFiles()))
        else:
            wanted.add(text)
    if asked.config is not None:
        return [*sorted(wanted), asked.config]
    return sorted(wanted) if asked.isolated else [*sorted(wanted), *_configs(wanted)]


def _configs(files: Iterable[str]) -> list[str]:
    """Where a configuration of these files can be."""
    folders: set[str] = set()
    for file in files:
        folder = os.path.dirname(os.path.abspath(file))
        while folder not in folders:
            folders.add(folder)
            folder = os.path.dirname(folder)
    return sorted(os.path.join(folder, name) for folder in folders for name in NAMES)


def stamps(files: Iterable[str]) -> tuple[Stamp, ...]:
    """When files were written, and their sizes; those that are not there have none."""
    return tuple(_stamps(files))


def _stamps(files: Iterable[str]) -> Iterator[Stamp]:
    for file in files:
        try:
            status = os.stat(file)
        except OSError:
            continue
        yield file, status.st_mtime_ns, status.st_size


def stamps_as_read(files: Collection[str], before: tuple[Stamp, ...], began: int) -> tuple[Stamp, ...] | None:
    """Stamps of files that have just been read; None where one may have changed since.

    `before` are stamps from before the reading, which began at `began`, in nanoseconds since the epoch. They need not
    hold every file: which files a spec extends is known only when it has been read.
    """
    now = {stamp[0]: stamp for stamp in stamps(files)}
    earlier = {stamp[0]: stamp for stamp in before if stamp[0] in files}
    new = [stamp for file, stamp in now.items() if file not in earlier]
    if any(now.get(file) != stamp for file, stamp in earlier.items()) or any(
        written >= began - GRAIN for _, written, _ in new
    ):
        return None
    return tuple(now.values())


def _depends(path: Path, outcome: Outcome) -> tuple[str, ...]:
    return str(path), *sorted(outcome.beside)


def _read_since(known: dict[Path, KnownOutcome]) -> bool:
    """Whether a file has changed since it was checked."""
    return any(entry.stamps != stamps(_depends(path, entry.outcome)) for path, entry in known.items())


def _round(paths: tuple[str, ...], asked: LintRequest, task: Task, known: dict[Path, KnownOutcome]) -> None:
    """Check what has changed, and print everything."""
    try:
        look = look_for(paths, asked, finder(asked), stdin=False)
    except BadConfig as error:
        print_bad_config(error)
        known.clear()
        end_round("the configuration has errors")
        return
    work = dict(look.files)
    changed = [
        (path, settings) for path, settings in work.items() if not _current(known.get(path), path, settings)
    ]
    for path in set(known) - set(work):
        del known[path]
    for path, settings in changed:
        began = time_ns()
        before = stamps(_depends(path, known[path].outcome) if path in known else [str(path)])
        outcome = check_file(path, settings, task)
        known[path] = KnownOutcome(settings, stamps_as_read(_depends(path, outcome), before, began), outcome)
    total = Outcome()
    for path in work:
        total.add(known[path].outcome)
    print_findings(total, asked, look.not_specs)
    end_round(f"{counted(len(changed), 'file')} checked" if len(changed) < len(work) else "")


def _current(entry: KnownOutcome | None, path: Path, settings: Settings) -> bool:
    return (
        entry is not None
        and entry.settings == settings
        and entry.stamps == stamps(_depends(path, entry.outcome))
    )


def end_round(what: str = "") -> None:
    """The line that ends a round."""
    time = datetime.now().strftime("%H:%M:%S")
    click.echo(f"---- {time} {what + ', ' if what else ''}watching; Ctrl-C ends ----\n")
