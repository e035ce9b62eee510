"""Processes that check specs: one that dies, or can't be started, loses no report and is not waited for."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from cnncalc.commands import _check, _workers
from cnncalc.commands._workers import Died, _started, spread
from tests.commands._program import Ended, command, environment, run

SOUND = "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n"
FAULTY = SOUND.replace("conv: 8", "conv: 0")
FILES = 40


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: forty specs, of which one is faulty, for two processes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_check, "_processes", lambda files: 2 if files > 1 else 1)
    for index in range(FILES):
        (tmp_path / f"n{index:02}.yaml").write_text(FAULTY if index == 7 else SOUND, encoding="utf-8")
    return tmp_path


def squared(number: int) -> int:
    return number * number


class TestSpread:
    def test_brings_every_answer_once(self) -> None:
        assert sorted(spread(squared, 100, 3)) == [(index, index * index) for index in range(100)]
        assert list(spread(squared, 0, 3)) == []

    def test_an_interrupt_as_a_process_starts_is_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        begun: list[int] = []

        def interrupted(*arguments: Any) -> None:
            worker = _started(*arguments)
            assert worker is not None
            begun.append(worker.pid)
            raise KeyboardInterrupt

        monkeypatch.setattr(_workers, "_started", interrupted)
        with pytest.raises(KeyboardInterrupt):
            list(spread(squared, 10, 3))
        assert len(begun) == 1
        with pytest.raises(ChildProcessError):
            os.waitpid(begun[0], 0)

    def test_brings_answers_that_are_longer_than_a_pipe(self) -> None:
        answers = dict(spread(lambda index: bytes([index]) * 3_000_000, 4, 2))
        assert answers == {index: bytes([index]) * 3_000_000 for index in range(4)}

    def test_says_of_what_was_lost_how(self) -> None:
        def work(number: int) -> int:
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)
            if number == 5:
                os._exit(7)
            return number

        answers = dict(spread(work, 10, 2))
        assert answers == {
            **{index: index for index in range(10)},
            3: Died("was killed by SIGKILL"),
            5: Died("ended with status 7"),
        }

    def test_goes_on_where_every_process_dies(self) -> None:
        def work(number: int) -> int:
            os.kill(os.getpid(), signal.SIGTERM)
            return number

        assert dict(spread(work, 5, 2)) == dict.fromkeys(range(5), Died("was killed by SIGTERM"))

    def test_raises_what_the_work_raises(self) -> None:
        def work(number: int) -> int:
            raise KeyError(number)

        with pytest.raises(KeyError):
            list(spread(work, 5, 2))
        no_children()

    @pytest.mark.parametrize("refused", ["pipe", "fork"])
    @pytest.mark.parametrize("started", [0, 1])
    def test_does_without_those_that_can_not_be_started(
        self, monkeypatch: pytest.MonkeyPatch, refused: str, started: int
    ) -> None:
        real, calls = getattr(os, refused), iter(range(100))
        # A process takes one fork and two pipes.
        enough = started * (2 if refused == "pipe" else 1)

        def refuse() -> Any:
            if next(calls) >= enough:
                raise OSError(errno.EMFILE if refused == "pipe" else errno.EAGAIN, "no more")
            return real()

        before = len(os.listdir("/proc/self/fd"))
        monkeypatch.setattr(os, refused, refuse)
        answers = dict(spread(lambda index: os.getpid(), 10, 2))
        assert (set(answers.values()) == {os.getpid()}) is (not started)
        assert len(os.listdir("/proc/self/fd")) == before
        no_children()

    def test_ends_its_processes_where_it_is_not_asked_to_the_end(self) -> None:
        answers = spread(squared, 100, 3)
        next(answers)
        answers.close()  # type: ignore[attr-defined]
        no_children()


def no_children() -> None:
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


class TestADeadProcess:
    def test_has_its_files_checked_again(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever killed it: the findings are those of one process, and the status says that something happened."""
        whole = run("validate")
        kill_at("n07.yaml", monkeypatch, folder, once=True)
        ended = run("validate")
        assert ended.out == whole.out
        assert (whole.status, ended.status) == (1, 2)
        assert ended.err.count("\n") == 1
        assert "was killed by SIGKILL; they were checked again" in ended.err

    def test_by_one_file_loses_that_file_alone(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        kill_at("n09.yaml", monkeypatch, folder, once=False)
        ended = run("validate")
        assert ended.status == 2
        assert (
            "error: n09.yaml could not be checked: the process that checked it was killed by SIGKILL"
            in ended.err
        )
        assert "error[L003]" in ended.out
        assert ended.out.endswith("checked 39 specs, 39 layers: 1 error; 1 spec could not be checked\n")


def kill_at(name: str, monkeypatch: pytest.MonkeyPatch, folder: Path, *, once: bool) -> None:
    """Let the process that checks a file be killed."""
    check, mark, here = _check._check_file, folder / "killed", os.getpid()

    def killed(path: Path, *arguments: Any) -> Any:
        if path.name == name and os.getpid() != here and not (once and mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return check(path, *arguments)

    monkeypatch.setattr(_check, "_check_file", killed)


class TestTooLittle:
    """In a process of its own, whose limits are its own."""

    def test_descriptors(self, folder: Path) -> None:
        ended = limited(folder, resource.RLIMIT_NOFILE, 14)
        assert ended.status == 1
        assert ended.out.endswith(f"checked {FILES} specs, {FILES} layers: 1 error\n")
        assert ended.err == ""

    @pytest.mark.skipif(os.geteuid() == 0, reason="root has no such limit")
    def test_processes(self, folder: Path) -> None:
        ended = limited(folder, resource.RLIMIT_NPROC, 1)
        assert ended.status == 1
        assert ended.out.endswith(f"checked {FILES} specs, {FILES} layers: 1 error\n")

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (MemoryError(), "there is not enough memory"),
            (RecursionError("maximum recursion depth exceeded"), "it is nested too deep"),
            (
                OSError(errno.EMFILE, "Too many open files"),
                "too many files are open for this process (see `ulimit -n`)",
            ),
        ],
    )
    @pytest.mark.parametrize("processes", [1, 2])
    def test_for_one_file_is_a_sentence(
        self, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str, processes: int
    ) -> None:
        ended = with_error(monkeypatch, error, processes)
        assert ended.status == 2
        assert ended.err == f"error: n09.yaml could not be checked: {says}\n"
        assert "error[L003]" in ended.out
        assert ended.out.endswith("checked 39 specs, 39 layers: 1 error; 1 spec could not be checked\n")


@pytest.mark.parametrize("processes", [1, 2])
def test_an_unforeseen_error_is_a_sentence_about_one_file(
    monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    ended = with_error(monkeypatch, KeyError("a\nb"), processes)
    assert ended.status == 70
    (line,) = ended.err.splitlines()
    assert "n09.yaml" in line
    assert "KeyError" in line
    assert "run again with --debug and report it at https://github.com/cnncalc/cnncalc/issues" in line
    assert "error[L003]" in ended.out
    assert "1 spec could not be checked" in ended.out


def with_error(monkeypatch: pytest.MonkeyPatch, error: Exception, processes: int) -> Ended:
    """A run in which the check of one file ends with an error."""
    check = _check._check_file

    def raising(path: Path, *arguments: Any) -> Any:
        if path.name == "n09.yaml":
            raise error
        return check(path, *arguments)

    monkeypatch.setattr(_check, "_processes", lambda files: processes)
    monkeypatch.setattr(_check, "_check_file", raising)
    return run("validate")


def limited(folder: Path, which: int, limit: int) -> Ended:
    def lower() -> None:
        resource.setrlimit(which, (limit, limit))

    done = subprocess.run(
        command("validate"), cwd=folder, env=environment(), capture_output=True, text=True, timeout=60,
        preexec_fn=lower,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


class TestInterrupt:
    """Ctrl-C, which a terminal sends to every process of the program."""

    @contextmanager
    def running(self, folder: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        """The program while each of its processes is at a file that takes for ever, and says so."""
        slow = (
            "import os, time\n"
            "from cnncalc.commands import _check\n"
            "check = _check._check_file\n"
            "def slow(path, *arguments):\n"
            "    outcome = check(path, *arguments)\n"
            "    os.write(2, b'at\\n')\n"
            "    time.sleep(600)\n"
            "_check._check_file = slow\n"
            "_check._processes = lambda files: 2\n"
            "from cnncalc.cli import main\n"
            f"main({['validate', *arguments]!r})\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", slow], cwd=folder, env=environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                assert process.stderr is not None
                for _ in range(2):
                    line = process.stderr.readline()
                    assert line == "at\n"
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    @pytest.mark.parametrize("arguments", [(), ("--fix",), ("--add-ignore",)])
    @pytest.mark.parametrize("everyone", [True, False])
    def test_ends_all_and_writes_nothing(
        self, folder: Path, arguments: tuple[str, ...], everyone: bool
    ) -> None:
        before = {path: path.read_bytes() for path in folder.iterdir()}
        with self.running(folder, *arguments) as process:
            if everyone:
                os.killpg(process.pid, signal.SIGINT)
            else:
                process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            assert process.returncode == 130
            assert (out, err.strip()) == ("", "interrupted")
            with pytest.raises(ProcessLookupError):
                os.killpg(process.pid, 0)
        assert {path: path.read_bytes() for path in folder.iterdir()} == before

    def test_no_process_outlives_one_that_is_killed(self, folder: Path) -> None:
        """They see it by the end of their pipes. These sleep, and are woken for it here."""
        with self.running(folder) as process:
            workers = children(process.pid)
            assert len(workers) == 2
            process.kill()
            process.wait(timeout=60)
            ends = [descriptors(pid) for pid in workers]
            for pid in workers:
                os.kill(pid, signal.SIGKILL)
        # Each has two pipes, and holds the ends of no other's: it would keep that one waiting.
        assert all(len(pipes) == 2 for pipes in ends)
        assert not set(ends[0]) & set(ends[1])


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descriptors(pid: int) -> list[str]:
    """The pipes that a process has open beside its standard streams."""
    links = [(int(path.name), os.readlink(path)) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return [link for number, link in links if number > 2 and link.startswith("pipe:")]
