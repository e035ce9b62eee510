"""The program as a person runs it: in this process, or where streams and signals matter in one of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from signal import SIGINT
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

from cnncalc.cli import main

# What a shell may have set and a test must not depend on.
FREED = ("COLUMNS", "FORCE_COLOR", "LINES", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


class Ended(NamedTuple):
    """How a run ended, and what it wrote."""

    status: int
    out: str
    err: str


def environment(**given: str) -> dict[str, str]:
    """The environment of a run: 80 columns unless something else is given, and nothing said of colour."""
    kept = {name: value for name, value in os.environ.items() if name not in FREED}
    return {**kept, "COLUMNS": "80", **given}


def run(*arguments: str | Path, stdin: str | bytes = b"", encoding: str = "utf-8", **env: str) -> Ended:
    """Run `cnncalc` in this process. `env` are environment variables."""
    streams = {name: TextIOWrapper(BytesIO(), encoding=encoding) for name in ("stdout", "stderr")}
    given = stdin.encode() if isinstance(stdin, str) else stdin
    streams["stdin"] = TextIOWrapper(BytesIO(given), encoding="utf-8")
    with given_environment(environment(**env)), given_streams(streams):
        try:
            main(list(map(str, arguments)))
        except SystemExit as end:
            status = end.code
    assert isinstance(status, int)
    out, err = (_written(streams[name]) for name in ("stdout", "stderr"))
    return Ended(status, out, err if "COLUMNS" in env else _on_one_line(err))


def _on_one_line(err: str) -> str:
    """What was written, a usage error on one line: how it is broken is for tests that say how wide the page is."""
    before, begin, said = err.rpartition("Error: ")
    return before + begin + said.replace("\n  ", " ") if begin else err


def program(*arguments: str | Path, stdin: str | bytes = b"", cwd: Path | None = None, **env: str) -> Ended:
    """Run `cnncalc` in a process of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        command(*arguments), input=given, cwd=cwd, env=environment(**env), capture_output=True, timeout=120
    )
    err = done.stderr.decode()
    return Ended(done.returncode, done.stdout.decode(), err if "COLUMNS" in env else _on_one_line(err))


def command(*arguments: str | Path) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "cnncalc", *map(str, arguments)]


def interrupted(
    *arguments: str, stdin: bytes | None = None, cwd: Path | None = None, begin: str = ""
) -> Ended:
    """Run `cnncalc` in a process group of its own and press Ctrl-C when it has begun.

    It has when it reads standard input, or when the function `begin`, a module's and its name, is called. What the
    work is at by the time the interrupt comes is left to the machine; without `stdin` it waits for it.
    """
    ours, its = os.pipe()
    launched = [sys.executable, "-c", LAUNCHER, str(its), begin, str(stdin is None), *arguments]
    with subprocess.Popen(
        launched,
        cwd=cwd,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2])),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(its,),
    ) as running:
        os.close(its)
        assert running.stdin is not None
        if stdin is not None:
            running.stdin.write(stdin)
            running.stdin.close()
            running.stdin = None
        # Nothing is read where it has ended already.
        os.read(ours, 1)
        os.close(ours)
        os.killpg(running.pid, SIGINT)
        out, err = running.communicate(timeout=120)
    return Ended(running.returncode, out.decode(), err.decode())


# Starts the program, and says through a pipe when it has begun.
LAUNCHER = """
import os, sys
from importlib import import_module
pipe, begin, waits, *arguments = sys.argv[1:]
given = sys.stdin.buffer
tell = lambda: os.write(int(pipe), b".")

class Input:
    buffer = property(lambda self: self)
    def read(self, size):
        if waits == "True":
            tell()
        data = given.read(size)
        tell()
        return data

if begin:
    module, _, name = begin.rpartition(".")
    function = getattr(import_module(module), name)
    def wrapped(*values, **named):
        tell()
        return function(*values, **named)
    setattr(import_module(module), name, wrapped)
sys.stdin = Input()
sys.argv = ["cnncalc", *arguments]
from cnncalc.__main__ import main
main()
"""


@contextmanager
def given_environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def given_streams(streams: dict[str, Any]) -> Iterator[None]:
    before = {name: getattr(sys, name) for name in streams}
    try:
        for name, stream in streams.items():
            setattr(sys, name, stream)
        yield
    finally:
        for name, stream in before.items():
            setattr(sys, name, stream)


def _written(stream: TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()


def modules_of(line: str, **env: str) -> set[str]:
    """The modules that a command has imported by its end, when its output goes to a pipe."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print(*sys.modules, file=open(sys.argv.pop(), 'w')))\n"
        "from cnncalc.__main__ import main\n"
        "listed = sys.argv.pop()\n"
        "atexit.register(sys.argv.append, listed)\n"
        "sys.argv[0] = 'cnncalc'\n"
        "main()\n"
    )
    with NamedTemporaryFile("r", encoding="utf-8") as listed:
        done = subprocess.run(
            [sys.executable, "-c", code, *line.split(), listed.name],
            env=environment(**env),
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            timeout=120,
        )
        assert done.returncode in (0, 1), done.stderr
        return set(listed.read().split())
