"""The program as a process of its own, with what it cost."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

# Seconds of CPU time and bytes of memory at which a process is ended: it hangs, or eats the machine.
MOST_SECONDS = 20
MOST_BYTES = 2 << 30


class Ended(NamedTuple):
    """How a run of the program ended, what it wrote, and the seconds of CPU time it took."""

    status: int
    out: str
    err: str
    seconds: float


def run(*arguments: str, folder: Path, input: bytes | Path = b"") -> Ended:
    """`cnncalc ARGUMENTS` in a folder, with bytes or a file as standard input."""
    # Compiled files may be written: the second run of many should not compile again.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    root = str(Path(__file__).parents[2])
    env |= {"NO_COLOR": "1", "PYTHONPATH": root, "COLUMNS": "100"}
    with (
        TemporaryFile() as out,
        TemporaryFile() as err,
        input.open("rb") if isinstance(input, Path) else TemporaryFile() as given,
    ):
        if isinstance(input, bytes):
            given.write(input)
            given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "cnncalc", *arguments],
            cwd=folder,
            env=env,
            stdin=given,
            stdout=out,
            stderr=err,
            preexec_fn=_limit,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        seconds = usage.ru_utime + usage.ru_stime
        return Ended(process.returncode, out.read().decode(), err.read().decode(), seconds)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
