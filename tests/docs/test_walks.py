"""The walks of CONTRIBUTING.md work, step by step."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests._depth import long_but
from tests.docs._walks import ROOT, copied, section, steps, take

PAGE = ROOT / "CONTRIBUTING.md"
WALKS = ("Add a layer", "Add a rule", "Add a format")
HAND_WRITTEN = 3


@pytest.mark.skipif(
    sys.platform == "win32" or not (shutil.which("sh") and shutil.which("make")),
    reason="the page's commands need make and a shell",
)
@pytest.mark.parametrize("walk", long_but(("Add a layer",), WALKS))
def test_a_walk_does_what_it_says(walk: str, tmp_path: Path) -> None:
    folder = copied(tmp_path)
    for step in steps(section(PAGE, walk)):
        take(step, folder)


@pytest.mark.parametrize("walk", WALKS)
def test_a_walk_writes_three_files_at_most(walk: str) -> None:
    done = list(steps(section(PAGE, walk)))
    assert 1 <= len({step.words[0] for step in done if step.kind in ("write", "line")}) <= HAND_WRITTEN
    assert any(step.kind == "run" and "exit 1" in step.words for step in done), "no test says what is missing"
    assert any(step.kind == "run" and not step.words for step in done)


def test_every_block_of_python_is_a_step() -> None:
    """The pattern finds what is there: a block that no step writes would not be tested."""
    text = PAGE.read_text(encoding="utf-8")
    written = [step for walk in WALKS for step in steps(section(PAGE, walk)) if step.kind == "write"]
    assert text.count("```python\n") == len(written)


def test_what_the_walks_write_is_formatted_and_clean(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    written = [step for walk in WALKS for step in steps(section(PAGE, walk)) if step.kind == "write"]
    for step in written:
        take(step, folder)
    files = [step.words[0] for step in written]
    for command in (["format", "--check"], ["check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", *files],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
