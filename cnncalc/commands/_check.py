"""Checking many specs: each by itself, in several processes where that pays."""

import sys
from pathlib import Path

from cnncalc.commands._outcome import CHECKING, STDIN, Outcome, Rewrite, Task, outcome_of
from cnncalc.commands._run import require_parameters
from cnncalc.lint.engine import check
from cnncalc.lint.settings import DEFAULT, Settings
from cnncalc.spec import Spec, read_spec
from cnncalc.text import from_bytes, read
from cnncalc.text.source import LIMIT

# Files from which on the start of another process costs less than it saves, and the most that one is given at a
# time (measured: benchmarks/validate.py).
PARALLEL, CHUNK = 32, 16
Work = tuple[Path, Settings]


def check_spec(spec: Spec, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """One spec."""
    require_parameters(spec, task.options.values)
    return outcome_of(spec, check(spec, settings, task.options), settings)


def check_file(path: Path, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """One file."""
    if task.writes:
        source, _ = read(path)
        if source is not None and not source.refused:
            from cnncalc.commands._mend import mend

            return mend(path.read_bytes(), source.name, str(path), settings, task)
    source, faults = read(path)
    spec = read_spec(source, faults)
    if task.offers and source is not None and not source.refused:
        return _offering(path.read_bytes(), source.name, str(path), spec, settings, task)
    return check_spec(spec, settings, task)


def _offering(
    data: bytes, name: str, path: str | None, spec: Spec, settings: Settings, task: Task
) -> Outcome:
    from cnncalc.commands._mend import with_tried_fixes

    require_parameters(spec, task.options.values)
    return with_tried_fixes(data, name, path, spec, settings, task)


def check_stdin(settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """What is on standard input."""
    data = sys.stdin.buffer.read(LIMIT + 1)
    source, faults = from_bytes(data, STDIN)
    if task.writes and source is not None and not source.refused:
        from cnncalc.commands._mend import mend

        return mend(data, STDIN, None, settings, task)
    spec = read_spec(source, faults)
    if task.offers and source is not None and not source.refused:
        return _offering(data, STDIN, None, spec, settings, task)
    outcome = check_spec(spec, settings, task)
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
