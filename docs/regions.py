"""Regions of hand-written pages that are made, not typed: what a command prints, and a file's text.

<!-- output: cnncalc window 10 --kernel 3 --stride 2 (exit 1) -->   a command, and its status where it is not 0
<!-- output: cnncalc explain vgg16 fc1 (lines: weight; MACs) -->    a command, and of its output the lines that begin so
<!-- file: net.yaml -->                                             a file of docs/examples
<!-- table: memory-errors -->                                       a table made of a committed record
<!-- here: cnncalc validate net.yaml -->                            a command, in the page's own folder
<!-- end -->

<!-- write: net.yaml -->   the block that follows is a file of the page's own folder, which is empty at first

Commands run without colour, on a page of 80 columns; those of `output` in docs/examples. Where lines are chosen, `...`
stands for the others.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from docs.tables import TABLES

# A program, its arguments, its folder and its environment; what it prints, and its exit status.
Start: TypeAlias = Callable[[str, Sequence[str], Path, Mapping[str, str]], tuple[str, int]]

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "docs" / "examples"
COLUMNS = 80

REGION = re.compile(r"^<!-- (output|file|table|here): (.+?) -->\n.*?^<!-- end -->$", re.MULTILINE | re.DOTALL)
WRITTEN = re.compile(r"^<!-- write: (.+?) -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(
    r"(?P<command>cnncalc .+?)(?: \(exit (?P<status>[0-9]+)\))?(?: \(lines: (?P<lines>.+?)\))?"
)


class Stale(Exception):
    """A region that can't be made, because the command does not do what the page says."""


def refreshed(text: str) -> str:
    """A page with every region as it is now."""
    with TemporaryDirectory() as folder:
        own, parts, done = Path(folder), [], 0
        for match in sorted(
            (*REGION.finditer(text), *WRITTEN.finditer(text)), key=lambda match: match.start()
        ):
            parts.append(text[done : match.start()])
            parts.append(_region(match, own) if match.re is REGION else _write(match, own))
            done = match.end()
        return "".join((*parts, text[done:]))


def _write(match: re.Match[str], own: Path) -> str:
    """Put a block of the page into the page's own folder. The page stays as it is."""
    path = own / match[1]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(match[2], encoding="utf-8")
    return match[0]


def _region(match: re.Match[str], own: Path) -> str:
    kind, command = match.groups()
    if kind == "file":
        language = command.rpartition(".")[2]
        body = f"```{language}\n{(EXAMPLES / command).read_text(encoding='utf-8').rstrip()}\n```"
    elif kind == "table":
        body = TABLES[command]()
    else:
        body = _session(command, own if kind == "here" else EXAMPLES)
    return f"<!-- {kind}: {command} -->\n\n{body}\n\n<!-- end -->"


def _session(line: str, folder: Path) -> str:
    """A command and what it prints."""
    match = COMMAND.fullmatch(line)
    if match is None:
        raise Stale(f"not a command: {line}")
    command, status = match["command"], int(match["status"] or 0)
    printed, ended = run(command) if folder == EXAMPLES else _run(command, folder)
    if ended != status:
        raise Stale(f"{command} ended with {ended}, and the page says {status}:\n{printed}")
    if match["lines"]:
        printed = chosen(printed, [start.strip() for start in match["lines"].split(";")], command)
    return f"```console\n$ {command}\n{printed.rstrip()}\n```"


def chosen(printed: str, starts: Sequence[str], command: str) -> str:
    """The lines that begin with one of `starts`, each with the lines indented below it; `...` for what is left out.

    Several spaces in a line count as one, and `*words` may be anywhere in it.
    """

    def begins(text: str, start: str) -> bool:
        return start[1:] in text if start[0] == "*" else text.startswith(start)

    lines = printed.splitlines()
    texts = [" ".join(line.split()) for line in lines]
    missing = [start for start in starts if not any(begins(text, start) for text in texts)]
    if missing:
        raise Stale(f"{command} has no line `{missing[0]}`:\n{printed}")
    shown: list[str] = []
    depth, chosen = sys.maxsize, False
    for line, text in zip(lines, texts, strict=True):
        if not text:
            depth = sys.maxsize
            continue
        indent = len(line) - len(line.lstrip())
        if indent <= depth:
            depth, chosen = indent, any(begins(text, start) for start in starts)
        if chosen:
            shown.append(line)
        elif shown[-1:] != ["  ..."]:
            shown.append("  ...")
    return "\n".join(shown)


@cache
def run(command: str) -> tuple[str, int]:
    """What a command prints in docs/examples, on both streams, and its exit status."""
    return _run(command, EXAMPLES)


def _run(command: str, folder: Path) -> tuple[str, int]:
    hidden = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {
        "COLUMNS": str(COLUMNS),
        "NO_COLOR": "1",
        "OMP_NUM_THREADS": "1",  # the networks of the pages are small: more threads would only wait for each other
        "TERM": "dumb",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",  # lines of both streams are in the order in which they were written
        "PYTHONUTF8": "1",
    }
    program, *arguments = shlex.split(command)
    printed, status = _start(program, arguments, folder, environment)
    # Lines of a table are filled up with spaces, which no page should hold.
    return "\n".join(line.rstrip() for line in printed.splitlines()) + "\n", status


def start(
    program: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[str, int]:
    """What a program prints on both streams, and its exit status: Python is started anew."""
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return done.stdout, done.returncode


_start: Start = start


def start_with(function: Start) -> None:
    """Start commands with another function than `start` from here on."""
    global _start
    _start = function
