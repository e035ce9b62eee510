"""Regions of hand-written pages that are made, not typed: what a command prints, and a file's text.

<!-- output: cnncalc window 10 --kernel 3 --stride 2 (exit 1) -->   a command, and its status where it is not 0
<!-- file: net.yaml -->                                             a file of docs/examples
<!-- table: memory-errors -->                                       a table made of a committed record
<!-- end -->

Commands run in docs/examples, without colour, on a page of 80 columns.
"""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

from docs.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "docs" / "examples"
COLUMNS = 80

REGION = re.compile(r"^<!-- (output|file|table): (.+?) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?P<command>cnncalc .+?)(?: \(exit (?P<status>[0-9]+)\))?")


class Stale(Exception):
    """A region that can't be made, because the command does not do what the page says."""


def refreshed(text: str) -> str:
    """A page with every region as it is now."""
    return REGION.sub(_region, text)


def _region(match: re.Match[str]) -> str:
    kind, told = match.groups()
    if kind == "file":
        language = told.rpartition(".")[2]
        body = f"```{language}\n{(EXAMPLES / told).read_text(encoding='utf-8').rstrip()}\n```"
    elif kind == "table":
        body = TABLES[told]()
    else:
        body = _session(told)
    return f"<!-- {kind}: {told} -->\n\n{body}\n\n<!-- end -->"


def _session(told: str) -> str:
    """A command and what it prints."""
    found = COMMAND.fullmatch(told)
    if found is None:
        raise Stale(f"not a command: {told}")
    command, status = found["command"], int(found["status"] or 0)
    printed, ended = run(command)
    if ended != status:
        raise Stale(f"{command} ended with {ended}, and the page says {status}:\n{printed}")
    return f"```console\n$ {command}\n{printed.rstrip()}\n```"


@cache
def run(command: str) -> tuple[str, int]:
    """What a command prints, on both streams, and its exit status."""
    hidden = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {
        "COLUMNS": str(COLUMNS),
        "NO_COLOR": "1",
        "TERM": "dumb",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=EXAMPLES,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    # Lines of a table are filled up with spaces, which no page should hold.
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n", done.returncode
