"""Commands in forks of one process that has the package loaded: Python would start for longer than most of them run.

Each starts from the same state, and ends without a trace in the next. `docs.regions` starts Python anew where this
can't be done; `make test-all` compares every page with what commands print that are started so.
"""

import gc
import io
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from cnncalc import cli, plugins
from cnncalc.__main__ import main

# Elsewhere libraries of the system may not be used in a forked process.
POSSIBLE = sys.platform == "linux"
# Commands that need PyTorch. It takes seconds to load, which it is the first time only.
WITH_TORCH = ("import", "verify")


def load(command: str = "") -> None:
    """Load what a command needs, so that its process need not. It is loaded the first time only."""
    if command in plugins.names(cli.COMMANDS):
        plugins.load(cli.COMMANDS, command)
    if command in WITH_TORCH:
        with suppress(ImportError):
            # Its networks are small: more threads would only wait for each other.
            import_module("torch").set_num_threads(1)
    gc.freeze()


def start(
    program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[str, int]:
    """What a program prints on both streams, and its exit status, as of `docs.regions.start`: it is `cnncalc`."""
    assert program == "cnncalc"
    load(*arguments[:1])
    ours, theirs = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    process = os.fork()
    if process == 0:
        _run(arguments, folder, environment, theirs)
    os.close(theirs)
    with open(ours, encoding="utf-8") as output:
        text = output.read()
    _, status = os.waitpid(process, 0)
    return text, os.waitstatus_to_exitcode(status)


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], output: int) -> NoReturn:
    """Be the process of a command: it never returns, and runs nothing that the first process does at its end."""
    status = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.close(output)
        sys.stdout = _stream(1, "strict")
        sys.stderr = _stream(2, "backslashreplace")
        os.chdir(folder)
        os.environ.clear()
        os.environ.update(environment)
        sys.path.insert(0, str(folder))
        sys.argv = ["cnncalc", *arguments]
        main()
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        os._exit(status)


def _stream(number: int, errors: str) -> io.TextIOWrapper:
    """A standard stream that is not buffered, as PYTHONUNBUFFERED makes them."""
    return io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8", errors, write_through=True)
