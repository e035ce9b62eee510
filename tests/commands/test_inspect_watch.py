"""`cnncalc inspect --watch`: the table again for every change of the spec, until Ctrl-C."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.commands._program import command, environment, run

NET = "cnncalc: 1\ninput: 32x32x3\nparams: {width: 8}\nlayers:\n  - conv: $width\n"
END = "Ctrl-C ends"


class Watching:
    """A run in a process of its own, and what it has said."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("inspect", "--watch", *arguments),
            cwd=folder, env=environment(PYTHONUNBUFFERED="1"), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.lines: Queue[str] = Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def until(self, words: str) -> str:
        """What is said in the round that says some words; earlier rounds are passed over."""
        said = ""
        while True:
            try:
                line = self.lines.get(timeout=30)
            except Empty:
                raise AssertionError(f"nobody says {words!r}: {said}") from None
            said += line
            if END in line:
                if words in said:
                    return said
                said = ""


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[list[Watching]]:
    started: list[Watching] = []
    yield started
    for process in started:
        process.end()


def test_shows_the_table_again_when_the_spec_changes(tmp_path: Path, watching: list[Watching]) -> None:
    net, base = tmp_path / "net.yaml", tmp_path / "base.yaml"
    base.write_text(NET)
    net.write_text("cnncalc: 1\nextends: base.yaml\n")
    seen = Watching(tmp_path, "net.yaml", "--set", "width=8")
    watching.append(seen)
    seen.until("CONV1-8")
    # What it extends counts too; and a file that has gone and comes again.
    base.write_text(NET.replace("32x32x3", "16x16x3"))
    assert "[16x16x8]" in seen.until("[16x16x8]")
    net.unlink()
    seen.until("error[Y001]")
    net.write_text(NET.replace("$width", "2 * $width"))
    seen.until("CONV1-16")
    # What would end a single run does not end this one.
    net.write_text(NET.replace("width", "breadth"))
    assert "has no parameter 'width'" in seen.until("--set")
    net.write_text(NET)
    seen.until("CONV1-8")
    os.killpg(seen.process.pid, signal.SIGINT)
    assert seen.process.wait(timeout=30) == 130


def test_of_what_makes_no_sense_is_a_usage_error() -> None:
    assert run("inspect", "--watch", "-").status == 2
    assert run("inspect", "--watch", "lenet5", "--set", "nothing=1").status == 2
