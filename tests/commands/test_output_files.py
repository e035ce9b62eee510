"""`-o` and `--output`: a file is written whole or stays as it was, in every command that writes one."""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands._program import Ended, command, environment, program, run

FAULTY = "cnncalc: 1\ninput: 32x32x3\nlayers:\n" + "  - conv: {filters: 8, kernel: 4, stride: 3}\n" * 3
# By command, the arguments that come before the file.
COMMANDS = {
    "inspect": ("inspect", "vgg16", "-o", ""),
    "inspect json": ("inspect", "vgg16", "--format", "json", "-o", ""),
    "expand": ("expand", "vgg16", "-o", ""),
    "report": ("report", "lenet5", "-o", ""),
    "validate": ("validate", "net.yaml", "--output", "json="),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a spec, and a file that was written before."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(FAULTY, encoding="utf-8")
    (tmp_path / "old").write_text("old", encoding="utf-8")
    return tmp_path


def to(arguments: tuple[str, ...], file: str) -> tuple[str, ...]:
    return (*arguments[:-1], arguments[-1] + file)


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
class TestEveryCommand:
    def test_replaces_a_file(self, folder: Path, arguments: tuple[str, ...]) -> None:
        before = os.stat("old").st_ino
        run(*to(arguments, "old"))
        assert len((folder / "old").read_text(encoding="utf-8")) > 300
        assert os.stat("old").st_ino != before
        assert sorted(os.listdir()) == ["net.yaml", "old"]

    @pytest.mark.parametrize(
        ("file", "says"),
        [
            ("/dev/full", "no space left on device"),
            (".", "it is a folder"),
            ("nowhere/new", "there is no such folder"),
            ("net.yaml/new", "not a directory"),
            ("loop", "too many levels of symbolic links"),
            ("x" * 300, "file name too long"),
            ("a\0b", "embedded null byte"),
            ("kept", "the file is read-only"),
        ],
    )
    def test_says_what_can_not_be_written(
        self, folder: Path, arguments: tuple[str, ...], file: str, says: str
    ) -> None:
        (folder / "loop").symlink_to("loop")
        (folder / "kept").write_text("kept")
        (folder / "kept").chmod(0o400)
        before = sorted(os.listdir())
        ended = run(*to(arguments, file))
        assert ended.status == 2
        last = ended.err.splitlines()[-1]
        assert "can't be written" in last
        assert last.endswith(says)
        assert len(last) < 300
        assert sorted(os.listdir()) == before
        assert (folder / "kept").read_text() == "kept"

    def test_leaves_the_old_one_on_a_full_disk(self, folder: Path, arguments: tuple[str, ...]) -> None:
        done = subprocess.run(
            command(*to(arguments, "old")), env=environment(), capture_output=True, text=True, timeout=60,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200)),
        )  # fmt: skip
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].endswith("old can't be written: file too large")
        assert (folder / "old").read_text() == "old"
        assert sorted(os.listdir()) == ["net.yaml", "old"]

    @pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
    def test_leaves_the_old_one_when_it_is_killed(
        self, folder: Path, arguments: tuple[str, ...], number: signal.Signals
    ) -> None:
        """In the moment before the new file takes its place, all of it written."""
        killed = (
            "import os, sys\n"
            "from cnncalc.files import _beside\n"
            f"_beside.Beside.replace = lambda self, **given: os.kill(os.getpid(), {int(number)})\n"
            "from cnncalc.cli import main\n"
            "main(sys.argv[1:])\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", killed, *to(arguments, "old")],
            env=environment(), capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == (130 if number is signal.SIGINT else -number)
        assert "Traceback" not in done.stderr
        assert (folder / "old").read_text() == "old"
        assert sorted(os.listdir()) == ["net.yaml", "old"]

    def test_writes_to_what_is_open_already(self, folder: Path, arguments: tuple[str, ...]) -> None:
        ended = program(*to(arguments, "/dev/stdout"), cwd=folder)
        output = run(*to(arguments, "new"))
        assert (folder / "new").read_text(encoding="utf-8") in ended.out
        assert ended.status == output.status

    def test_a_pipe_whose_reader_has_gone_ends_it_quietly(
        self, folder: Path, arguments: tuple[str, ...]
    ) -> None:
        begin, end = os.pipe()
        os.close(begin)
        done = subprocess.run(
            command(*to(arguments, f"/dev/fd/{end}")), env=environment(), capture_output=True, timeout=60,
            pass_fds=[end],
        )  # fmt: skip
        os.close(end)
        assert done.returncode == 141
        assert b"Traceback" not in done.stderr
        assert b"roken" not in done.stderr


def test_a_file_that_can_not_be_written_does_not_stop_the_others(folder: Path) -> None:
    ended: Ended = run("validate", "net.yaml", "--output", "json=nowhere/a", "--output", "concise=b")
    assert ended.status == 2
    assert (folder / "b").read_text().startswith("net.yaml:4:43: error S001 ")
