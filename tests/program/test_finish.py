"""The program ends without taking itself apart, and nothing is lost by that."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands._program import command, environment, program

ROOT = Path(__file__).parents[2]
# Runs the program as a script does that pip writes, with a function for its end, and an object that is deleted.
SCRIPT = """
import atexit, sys
from cnncalc.__main__ import main

class Deleted:
    def __del__(self):
        sys.stderr.write("deleted\\n")

kept = Deleted()
atexit.register(lambda: sys.stderr.write("at exit\\n"))
sys.argv = ["cnncalc", *sys.argv[1:]]
{before}
main()
"""


def ended(script: Path, before: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    script.write_text(SCRIPT.replace("{before}", before))
    return subprocess.run(
        [sys.executable, str(script), *arguments],
        env=environment(PYTHONPATH=str(ROOT)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [("--version", 0), ("inspect vgg16 --format json", 0), ("window 5 -k 7", 1), ("inspect nothing", 2)],
)
def test_functions_for_the_end_run_and_nothing_is_deleted(tmp_path: Path, line: str, status: int) -> None:
    done = ended(tmp_path / "cnncalc", "", *line.split())
    assert done.returncode == status
    assert "at exit\n" in done.stderr
    assert "deleted" not in done.stderr


@pytest.mark.parametrize(
    "before",
    [
        "import multiprocessing",
        "import threading, time; threading.Thread(target=time.sleep, args=(1,)).start()",
        "main, run = None, main; main = run; run = type('', (), {'main': None}); sys.modules['__main__'] = run",
    ],
    ids=["processes", "threads", "another program"],
)
def test_python_ends_it_where_something_else_may_be_running(tmp_path: Path, before: str) -> None:
    done = ended(tmp_path / "cnncalc", before, "--version")
    assert done.returncode == 0
    assert "deleted" in done.stderr


def test_a_script_of_a_user_goes_on(tmp_path: Path) -> None:
    script = tmp_path / "mine.py"
    script.write_text(
        "from cnncalc.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    print('ended with', end.code)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), "--version"],
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.endswith("ended with 0\n")


def test_all_is_written() -> None:
    """More than a pipe holds."""
    done = program("inspect", "densenet121", "--format", "json")
    assert done.status == 0
    assert done.out.endswith("}\n")
    assert len(done.out) > 2**16


def test_a_profiler_prints_what_it_measured() -> None:
    python, *arguments = command("--version")
    done = subprocess.run(
        [python, "-m", "cProfile", *arguments],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "function calls" in done.stdout
