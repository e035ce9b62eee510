"""`cnncalc validate --watch`: a round for every change, until Ctrl-C."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.commands._program import command, environment

SOUND = "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n"
END = "Ctrl-C ends"


class Watching:
    """A run in a process of its own, and what it has said."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            command("validate", "--watch", *arguments),
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

    def round(self) -> str:
        """What is said up to the end of a round."""
        said: list[str] = []
        while not said or END not in said[-1]:
            try:
                said.append(self.lines.get(timeout=120))
            except Empty:
                raise AssertionError(f"no end of a round: {said}") from None
        return "".join(said)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    started: list[Watching] = []

    def start(*arguments: str) -> Watching:
        started.append(Watching(tmp_path, *arguments))
        return started[-1]

    yield start
    for process in started:
        process.end()


def test_checks_again_what_changes(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    net, other = tmp_path / "net.yaml", tmp_path / "other.yaml"
    net.write_text(SOUND)
    other.write_text("cnncalc: 1\nextends: net.yaml\n")
    run = watching()
    assert "checked 2 specs, 2 layers: all clean" in run.round()
    # Half-written; then whole, with a fault that the one that extends it has too.
    net.write_text("cnncalc: 1\ninput: ")
    assert "error[" in run.round()
    net.write_text(SOUND.replace("8", "0"))
    said = run.round()
    while "2 layers: 2 errors" not in said and "L003" not in said:
        said = run.round()
    other.unlink()
    assert "checked 1 spec" in run.round()
    (tmp_path / "new.yaml").write_text(SOUND)
    assert "checked 2 specs" in run.round()
    (tmp_path / "cnncalc.toml").write_text("selct = 1")
    assert "cnncalc.toml:1: there is no setting `selct`" in run.round()
    (tmp_path / "cnncalc.toml").unlink()
    assert "checked 2 specs" in run.round()
    os.killpg(run.process.pid, signal.SIGINT)
    assert run.process.wait(120) == 130


def test_a_named_file_that_vanishes_is_reported(tmp_path: Path, watching: Callable[..., Watching]) -> None:
    net = tmp_path / "net.yaml"
    net.write_text(SOUND)
    run = watching("net.yaml")
    assert "all clean" in run.round()
    net.unlink()
    assert "there is no file `net.yaml`" in run.round()
    net.write_text(SOUND)
    assert "1 spec" in run.round()
