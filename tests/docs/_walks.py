"""Walks of a page, done in a copy of the project: files are written, lines inserted, commands run.

<!-- write: PATH -->               the block that follows is the file
<!-- line: PATH; after: START -->  the block is a line, put after the last one that starts so
<!-- run: exit N; says: A; B -->   the block holds commands, with this exit status; each text is in the output
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
STEP = re.compile(r"^<!-- (write|line|run)(?:: (.+?))? -->\n+```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent
TOOLS = ("cnncalc", "pytest")


class Step(NamedTuple):
    """One step: what to do, with what was said of it, and the block."""

    kind: str
    words: tuple[str, ...]
    block: str


def section(page: Path, title: str) -> str:
    """The text of a page from one `##` heading to the next."""
    text = page.read_text(encoding="utf-8")
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def steps(text: str) -> Iterator[Step]:
    for kind, words, block in STEP.findall(text):
        yield Step(kind, tuple(word.strip() for word in words.split(";") if word), block)


def copied(folder: Path) -> Path:
    """A copy of what the walks change or read; the rest is linked."""
    for name in ("cnncalc", "docs", "tests"):
        # With the compiled files: their sources keep the time that they were compiled for.
        shutil.copytree(ROOT / name, folder / name)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("specs", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def take(step: Step, folder: Path) -> None:
    """Do a step, as its reader would."""
    match step.kind:
        case "write":
            (folder / step.words[0]).write_text(step.block, encoding="utf-8")
        case "line":
            path = folder / step.words[0]
            start = step.words[1].removeprefix("after: ")
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            last = max(number for number, line in enumerate(lines) if line.startswith(start))
            path.write_text("".join((*lines[: last + 1], step.block, *lines[last + 1 :])), encoding="utf-8")
        case _:
            _run(step, folder)


def _run(step: Step, folder: Path) -> None:
    words = list(step.words)
    status = int(words.pop(0).removeprefix("exit ")) if words and words[0].startswith("exit ") else 0
    printed = ""
    for command in step.block.splitlines():
        done = subprocess.run(
            ["sh", "-c", _here(command)],
            cwd=folder,
            env=_environment(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        printed += done.stdout
        assert done.returncode == status, f"{command} ended with {done.returncode}:\n{done.stdout}"
    for word in words:
        assert word.removeprefix("says: ") in printed, printed


def _here(command: str) -> str:
    """A command of the page with the Python that runs the tests instead of the copy's own environment."""
    ours = {"python": f"'{sys.executable}'"} | {name: f"'{sys.executable}' -m {name}" for name in TOOLS}
    command = re.sub(r"\.venv/bin/(\w+)", lambda match: ours[match[1]], command)
    return re.sub(r"^make ", f"make -o .venv/.installed BIN='{BIN}' ", command)


def _environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return environment | {
        "PYTHONPATH": str(folder),
        "PYTEST_ADDOPTS": "-p no:cacheprovider",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
