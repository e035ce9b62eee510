"""Checks many specs: each one alone, in several processes if that is faster."""

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from cnncalc.api import is_foreign_file, read_path
from cnncalc.commands._outcome import CHECKING, STDIN, Failure, Outcome, RewrittenFile, Task, outcome_of
from cnncalc.commands._run import collect_garbage, require_parameters, with_inputs
from cnncalc.commands._standard_input import foreign_stdin, read_stdin
from cnncalc.diagnostic import Diagnostic
from cnncalc.exact import counted
from cnncalc.files import is_file
from cnncalc.lint.engine import check
from cnncalc.lint.settings import DEFAULT, Settings
from cnncalc.program.limits import let_go, limit
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Source, escaped, from_bytes, from_text
from cnncalc.text.source import read_whole

# Files from which on the start of another process costs less than it saves, and the most that one is given at a
# time (measured: benchmarks/validate.py).
PARALLEL, CHUNK = 32, 16
Work = tuple[Path, Settings]


def check_spec(spec: Spec, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """One spec."""
    _hold_to_options(spec, task)
    return outcome_of(spec, check(spec, settings, task.options), settings)


def _hold_to_options(spec: Spec, task: Task) -> None:
    """An option that does not go with this spec is a usage error."""
    require_parameters(spec, task.options.values)
    with_inputs(spec, task.options.inputs, task.options.values)


def check_file(path: Path, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """Check one file. Any error is a failure of only that file."""
    try:
        return _check_file(path, settings, task)
    except click.ClickException:
        # An option that does not go with this spec: it is a mistake in the command.
        raise
    except Exception as error:
        return failed(str(path), error)


def _check_file(path: Path, settings: Settings, task: Task) -> Outcome:
    if not is_file(str(path)):
        # A shipped spec's name, or what may be meant instead.
        return check_spec(read_path(path), settings, task)
    if is_foreign_file(str(path)):
        # Nothing in it is fixed: its findings are about the spec that it stands for.
        return check_spec(read_path(path, task.options.inputs), settings, task)
    (source, faults), data = read_whole(path)
    # The text that is checked is the text that is changed: the file is read once.
    return _check_text(data, source, faults, str(path), settings, task)


def _check_text(
    data: bytes | None,
    source: Source | None,
    faults: Iterable[Diagnostic],
    path: str | None,
    settings: Settings,
    task: Task,
) -> Outcome:
    """What was read; `path` is None for standard input."""
    if data is not None and source is not None and not source.refused:
        if task.writes:
            from cnncalc.commands._fix_files import changed_text

            return changed_text(data, source.name, path, settings, task)
        if task.offers:
            from cnncalc.commands._fix_files import with_tried_fixes

            spec = read_spec(source, faults)
            _hold_to_options(spec, task)
            return with_tried_fixes(data, source.name, path, spec, settings, task)
    return check_spec(read_spec(source, faults), settings, task)


def failed(path: str, error: Exception) -> Outcome:
    """The outcome of a file whose check failed, with the reason."""
    outcome = Outcome(unchecked=1)
    name = escaped(path, 4096)
    reason = limit(error)
    if reason is None and isinstance(error, OSError):
        reason = escaped((error.strerror or str(error)).lower(), 200)
    if reason is not None:
        let_go(error)
        outcome.fail(Failure(name, f"{name} could not be checked: {reason}"))
        return outcome
    from traceback import format_exception

    from cnncalc.program.unforeseen import UNFORESEEN, sentence

    trace = "".join(format_exception(error))
    outcome.fail(Failure(name, sentence(error, path), UNFORESEEN, trace))
    return outcome


def check_pattern(text: str, name: str, settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """A pattern that is given as an argument; messages call it `name`."""
    try:
        return check_spec(read_spec(*from_text(text, name)), settings, task)
    except (click.ClickException, MemoryError):
        raise
    except Exception as error:
        return failed(name, error)


def check_stdin(settings: Settings = DEFAULT, task: Task = CHECKING) -> Outcome:
    """The text on standard input."""
    data = b""
    try:
        data = read_stdin()
        foreign = foreign_stdin(data, task.options.inputs)
        if foreign is not None:
            return check_spec(foreign, settings, task)
        source, faults = from_bytes(data, STDIN)
        outcome = _check_text(data, source, faults, None, settings, task)
    except (click.ClickException, MemoryError):
        # There is no other spec to report: what the text took is given back before a word is said.
        raise
    except Exception as error:
        outcome = failed(STDIN, error)
    if task.writes and not outcome.rewrites:
        # A source that can't be read is returned as it is.
        outcome.rewrites.append(RewrittenFile(STDIN, STDIN, data, data))
    return outcome


def check_files(files: list[Work], task: Task = CHECKING) -> list[Outcome]:
    """The outcome of every file, in the given order."""
    if len(files) >= PARALLEL:
        # Before the workers are forked, which begin as this process is.
        collect_garbage()
    processes = _processes(len(files))
    if processes < 2:
        return [check_file(path, settings, task) for path, settings in files]
    from cnncalc.commands._workers import Died, spread

    size = max(1, min(CHUNK, len(files) // (2 * processes)))
    chunks = [files[start : start + size] for start in range(0, len(files), size)]

    def check_chunk(number: int) -> list[Outcome]:
        return [check_file(path, settings, task) for path, settings in chunks[number]]

    # A forked process has all that is imported already: it starts in milliseconds.
    answers = dict(spread(check_chunk, len(chunks), processes))
    outcomes: list[Outcome] = []
    for number, chunk in enumerate(chunks):
        answer = answers.pop(number)
        outcomes += _checked_again(chunk, answer.how, task) if isinstance(answer, Died) else answer
    return outcomes


def _checked_again(files: list[Work], how: str, task: Task) -> list[Outcome]:
    """The files that a process was at when it died, each in a process of its own: one of them may be the reason."""
    from cnncalc.commands._workers import Died, spread

    outcomes: list[Outcome] = []
    for path, settings in files:

        def check_one(number: int, path: Path = path, settings: Settings = settings) -> Outcome:
            return check_file(path, settings, task)

        ((_, answer),) = spread(check_one, 1, 1)
        if isinstance(answer, Died):
            name = escaped(str(path), 4096)
            message = f"{name} could not be checked: the process that checked it {answer.how}"
            answer = Outcome(unchecked=1)
            answer.fail(Failure(name, message))
        outcomes.append(answer)
    first = escaped(str(files[0][0]), 4096)
    some = first if len(files) == 1 else f"{counted(len(files), 'spec')}, {first} and those after it"
    outcomes[0].fail(Failure(first, f"the process that checked {some}, {how}; they were checked again"))
    return outcomes


def _processes(files: int) -> int:
    """How many processes to use: one for few files, and where forking is not to be had."""
    import os

    if files < PARALLEL or sys.platform in ("win32", "darwin"):
        return 1
    return min(len(os.sched_getaffinity(0)), files // CHUNK)
