"""The program as a person runs it: in this process, or where streams and signals matter in one of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO, TextIOWrapper
from pathlib import Path
from signal import SIGINT
from time import sleep
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


def run(*arguments: str | Path, stdin: str | bytes = b"", **env: str) -> Ended:
    """Run `cnncalc` in this process. `env` are environment variables."""
    streams = {name: TextIOWrapper(BytesIO(), encoding="utf-8") for name in ("stdout", "stderr")}
    given = stdin.encode() if isinstance(stdin, str) else stdin
    streams["stdin"] = TextIOWrapper(BytesIO(given), encoding="utf-8")
    with _environ(environment(**env)), _streams(streams):
        try:
            main(list(map(str, arguments)))
        except SystemExit as end:
            status = end.code
    assert isinstance(status, int)
    out, err = (_written(streams[name]) for name in ("stdout", "stderr"))
    return Ended(status, out, err)


def program(*arguments: str | Path, stdin: str | bytes = b"", cwd: Path | None = None, **env: str) -> Ended:
    """Run `cnncalc` in a process of its own."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        command(*arguments), input=given, cwd=cwd, env=environment(**env), capture_output=True, timeout=60
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def command(*arguments: str | Path) -> list[str]:
    """The command line of a process of its own."""
    return [sys.executable, "-m", "cnncalc", *map(str, arguments)]


def interrupted(*arguments: str, stdin: bytes | None = None, cwd: Path | None = None) -> Ended:
    """Run `cnncalc` in a process group of its own and press Ctrl-C; without `stdin` it waits for it.

    An interrupt that comes while Python still starts is Python's own: on a busy machine it is tried again, later.
    """
    ended = Ended(0, "", "")
    for seconds in (0.4, 1.5, 5.0):
        with subprocess.Popen(
            command(*arguments),
            cwd=cwd,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as running:
            assert running.stdin is not None
            if stdin is not None:
                running.stdin.write(stdin)
                running.stdin.close()
                running.stdin = None
            sleep(seconds)
            os.killpg(running.pid, SIGINT)
            out, err = running.communicate(timeout=60)
        ended = Ended(running.returncode, out.decode(), err.decode())
        if "<frozen" not in ended.err and "import" not in ended.err:
            break
    return ended


@contextmanager
def _environ(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _streams(streams: dict[str, Any]) -> Iterator[None]:
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
