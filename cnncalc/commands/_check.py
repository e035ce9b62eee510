"""Checking many specs: each by itself, in several processes where that pays."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cnncalc.commands._run import CLEAN, FAILED, FINDINGS, UNREADABLE, require_parameters
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.lint.engine import DEFAULT_OPTIONS, Checked, Options, check
from cnncalc.lint.settings import DEFAULT, Settings
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Source, from_bytes, read
from cnncalc.text.source import LIMIT

# Files from which on the start of another process costs less than it saves, and the most that one is given at a
# time (measured: benchmarks/validate.py).
PARALLEL, CHUNK = 32, 16
STDIN = "<stdin>"
Work = tuple[Path, Settings]


class Task(NamedTuple):
    """What is done with every spec: it is checked, and mended by `fix`; `adopt` is the reason of new comments."""

    options: Options = DEFAULT_OPTIONS
    fix: bool = False
    unsafe: bool = False
    adopt: str | None = None

    @property
    def writes(self) -> bool:
        return self.fix or self.adopt is not None


CHECKING = Task()


class Rewrite(NamedTuple):
    """A file as it was and as it should be; nothing has been written yet."""

    path: str
    before: bytes
    after: bytes


@dataclass
class Outcome:
    """What came of checking: counts, diagnostics in order, the texts they point into, and texts to write."""

    files: int = 0
    nodes: int = 0
    not_checked: int = 0
    status: int = CLEAN
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    # Findings that are mended, or accepted by new comments.
    mended: int = 0
    rewrites: list[Rewrite] = field(default_factory=list)
    # Other files that these read: those that they extend.
    beside: set[str] = field(default_factory=set)

    def add(self, other: "Outcome") -> None:
        """Grow by another: adding many by copies would copy what is there each time."""
        self.files += other.files
        self.nodes += other.nodes
        self.not_checked += other.not_checked
        self.status = max(self.status, other.status)
        self.diagnostics += other.diagnostics
        self.sources.update(other.sources)
        self.mended += other.mended
        self.rewrites += other.rewrites
        self.beside |= other.beside

    def summary(self, not_specs: int) -> str:
        """`checked 23 specs, 4,812 layers: 2 errors; 12 layers not checked`."""
        counts = [
            counted(sum(item.severity is severity for item in self.diagnostics), word)
            for severity, word in (
                (Severity.ERROR, "error"),
                (Severity.WARNING, "warning"),
                (Severity.INFO, "note"),
            )
            if any(item.severity is severity for item in self.diagnostics)
        ]
        text = f"checked {counted(self.files, 'spec')}, {counted(self.nodes, 'layer')}: "
        text += ", ".join(counts) or "all clean"
        if self.not_checked:
            text += f"; {counted(self.not_checked, 'layer')} not checked, behind a fault"
        if not_specs:
            text += f"; {counted(not_specs, 'YAML file')} without the key `cnncalc` skipped"
        return text


def counted(number: int, word: str) -> str:
    """`1 spec`, `1,024 specs`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def check_spec(spec: Spec, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """One spec."""
    require_parameters(spec, task.options.values)
    return _outcome(spec, check(spec, settings, task.options), settings)


def _outcome(spec: Spec, told: Checked, settings: Settings) -> Outcome:
    outcome = Outcome(1, told.nodes, told.not_checked, _status(told, settings), list(told.found))
    if told.found:
        outcome.sources = dict(spec.sources)
    if len(spec.sources) > 1:
        outcome.beside = {source.path for source in spec.sources.values() if source.path}
    return outcome


def _status(told: Checked, settings: Settings) -> int:
    if any(item.code == UNREADABLE for item in told.found):
        return FAILED
    return FINDINGS if any(map(settings.fails, told.found)) else CLEAN


def check_file(path: Path, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """One file."""
    if task.writes:
        source, _ = read(path)
        if source is not None and not source.refused:
            from cnncalc.commands._mend import mend

            return mend(path.read_bytes(), source.name, str(path), settings, task)
    return check_spec(read_spec(*read(path)), settings, task)


def check_stdin(settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """What is on standard input."""
    data = sys.stdin.buffer.read(LIMIT + 1)
    source, faults = from_bytes(data, STDIN)
    if task.writes and source is not None and not source.refused:
        from cnncalc.commands._mend import mend

        return mend(data, STDIN, None, settings, task)
    outcome = check_spec(read_spec(source, faults), settings, task)
    if task.writes:
        # What can't be read is given back as it is.
        outcome.rewrites.append(Rewrite(STDIN, data, data))
    return outcome


def _check_chunk(work: tuple[list[Work], Task]) -> Outcome:
    files, task = work
    outcome = Outcome()
    for path, settings in files:
        outcome.add(check_file(path, settings, task))
    return outcome


def check_files(files: list[Work], task: Task = CHECKING) -> Outcome:
    """Every file, in the order given."""
    processes = _processes(len(files))
    if processes < 2:
        return _check_chunk((files, task))
    from multiprocessing import get_context
    from signal import SIG_BLOCK, SIG_UNBLOCK, SIGINT, pthread_sigmask

    size = max(1, min(CHUNK, len(files) // (2 * processes)))
    chunks = [(files[at : at + size], task) for at in range(0, len(files), size)]
    outcome = Outcome()
    # A terminal sends Ctrl-C to every process. It is kept from the workers, which take over what is blocked here, and
    # from this one until it knows them all: a worker it has forgotten would stay behind.
    pthread_sigmask(SIG_BLOCK, (SIGINT,))
    try:
        # A forked worker has all that is imported already: it starts in milliseconds.
        workers = get_context("fork").Pool(processes)
    finally:
        pthread_sigmask(SIG_UNBLOCK, (SIGINT,))
    with workers:
        for part in workers.imap(_check_chunk, chunks):
            outcome.add(part)
    return outcome


def _processes(files: int) -> int:
    """How many processes to use: one for few files, and where forking is not to be had."""
    import os

    if files < PARALLEL or sys.platform in ("win32", "darwin"):
        return 1
    return min(len(os.sched_getaffinity(0)), files // CHUNK)
