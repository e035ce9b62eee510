"""The program as a process of its own, ended if it hangs or takes too much memory."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

# Seconds of CPU time and bytes of memory at which a process is ended. No text takes a hundredth of that time.
MOST_SECONDS = 120
MOST_BYTES = 2 << 30


class Ended(NamedTuple):
    """How a run of the program ended, and what it wrote."""

    status: int
    out: str
    err: str


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
        process.wait()
        out.seek(0)
        err.seek(0)
        return Ended(process.returncode, out.read().decode(), err.read().decode())


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
