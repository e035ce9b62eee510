"""The program as a whole: commands found, help, statuses, streams, interrupts, completion."""

import os
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest

import cnncalc
from cnncalc import plugins, zoo
from cnncalc.cli import CLOSED_PIPE, COMMANDS, INTERRUPTED, USAGE
from cnncalc.program.elsewhere import COMMANDS as elsewhere
from tests._depth import one_in
from tests._each import each
from tests.commands._program import command, environment, interrupted, program, run

NAMES = plugins.names(COMMANDS)
# A run of every command that writes to standard output.
RUNS = [
    "conv 227x227x3 -k 11 -s 4 --filters 96",
    "diff vgg11 vgg13",
    "draw lenet5 --format svg",
    "expand vgg16",
    "explain S001",
    "explain vgg16 fc1",
    "export lenet5 --to torch",
    "fc 7x7x512 --units 4096",
    "fit resnet18 --memory 12GiB",
    "gpus 4090",
    "inspect vgg16",
    "inspect vgg16 --format json",
    "layers",
    "layers conv",
    "memory vgg16",
    "memory vgg16 --format json",
    "new",
    "pool 224x224x64 -k 2 --format markdown",
    "rules",
    "schema",
    "sizes lenet5",
    "sizes --halvings 32 64",
    "slide vgg16 --image 384",
    "specs lenet5",
    "validate specs/vgg16.yaml",
    "window 10 -k 3",
    "--help",
    "--version",
]
# Commands that load PyTorch: too slow to be run here again and again.
WITH_TORCH = {"verify"}
# Their summaries go to standard error: tests/commands/test_rewrite.py, test_foreign_files.py.
WITH_SUMMARY = {"import", "rewrite"}
# They write a file, and print nothing: tests/commands/test_report.py.
WITH_FILE = {"report"}
ROOT = Path(__file__).resolve().parents[1]
LARGE = b"cnncalc: 1\ninput: 32x32x3\nlayers:\n  - relu:\n    repeat: 900000\n"


def test_every_command_is_run_here() -> None:
    others = WITH_TORCH | WITH_SUMMARY | WITH_FILE
    assert {line.split()[0] for line in RUNS if not line.startswith("-")} == set(NAMES) - others


@pytest.mark.parametrize("line", RUNS)
def test_what_is_asked_for_goes_to_standard_output(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ended = run(*line.split())
    assert ended.status == 0
    assert ended.out
    assert ended.err == ""


class TestHelp:
    def test_lists_every_command(self) -> None:
        listed = run("--help").out.partition("Commands:\n")[2].partition("\n\n")[0]
        assert [line.split()[0] for line in listed.splitlines()] == list(NAMES)

    @each("option", ["-h", "--help"])
    @each("name", NAMES)
    def test_of_every_command_shows_examples(self, name: str, option: str) -> None:
        ended = run(name, option)
        assert ended.status == 0
        examples = ended.out.partition("Examples:\n")[2].splitlines()
        assert len(examples) >= 2
        assert any(line.strip().startswith(f"cnncalc {name}") for line in examples)

    @pytest.mark.parametrize("name", NAMES)
    def test_fits_the_width(self, name: str) -> None:
        for width in ("80", "120"):
            for arguments in ((name, "--help"), ("--help",)):
                assert max(map(len, run(*arguments, COLUMNS=width).out.splitlines())) <= int(width)

    def test_cuts_no_line_short(self) -> None:
        assert "..." not in run("--help").out.partition("Commands:")[2]

    def test_without_a_command_is_a_usage_error(self) -> None:
        ended = run()
        assert ended.status == USAGE
        assert "Commands:" in ended.err + ended.out


# Shipped specs; among them those that the helps name.
FEW = [name for name in zoo.names() if name.startswith(("alexnet", "lenet", "resnet", "vgg"))]


class TestExamples:
    """The examples of the helps work (those that need no file of the reader's)."""

    LINES: ClassVar = [
        line.strip().split("   ")[0]
        for name in NAMES
        for line in run(name, "--help").out.partition("Examples:\n")[2].splitlines()
        if line.strip().startswith("cnncalc ")
    ]

    @pytest.mark.parametrize(
        "line",
        [
            pytest.param(line, marks=pytest.mark.long if "--check" in line else ())
            for line in LINES
            if not re.search(r"(net|old|two|yolo\w+)\.yaml|\.(cfg|prototxt)", line)
            and line.split()[1] not in WITH_TORCH
        ],
    )
    def test_runs(self, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(zoo.folder())
        arguments = re.split(r"[>|]", line)[0].replace("specs/ ", "vgg16.yaml ").split()[1:]
        # None that writes a file, either: the folder is the project's own.
        if any(sign in line for sign in ("*", "'", "--output", " -o ")) or arguments in (
            ["validate"],
            ["specs"],
            ["specs", "--format", "json"],
        ):
            pytest.skip("folders of the reader's, and all that is shipped")
        # Figures of all that is shipped take seconds.
        monkeypatch.setattr(zoo, "names", lambda: FEW)
        ended = run(*arguments)
        # `window` shows windows that lose input, too.
        assert ended.status in ((0, 1) if arguments[0] == "window" else (0,)), ended.err

    def test_there_are_examples(self) -> None:
        assert len(self.LINES) >= 2 * len(NAMES)


def test_version() -> None:
    for option in ("-V", "--version"):
        assert run(option) == (0, f"cnncalc {cnncalc.__version__}\n", "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("inspct", "inspect"), ("validat", "validate"), ("spec", "specs"), ("explane", "explain")],
)
def test_an_unknown_command_suggests_the_nearest(typed: str, meant: str) -> None:
    ended = run(typed, "vgg16")
    assert (ended.status, ended.out) == (USAGE, "")
    assert ended.err.endswith(f"Error: There is no command '{typed}'. Did you mean '{meant}'?\n")


def test_words_of_other_tools_lead_to_commands() -> None:
    known = set(plugins.names("cnncalc.commands"))
    assert set(elsewhere.values()) <= known
    assert not known & elsewhere.keys()
    assert "There is no command 'summary'. Did you mean 'inspect'?" in run("summary", "vgg16").err


def test_an_unknown_command_far_from_any() -> None:
    ended = run("zzzzzzzz")
    assert ended.status == USAGE
    assert ended.err.endswith("Error: There is no command 'zzzzzzzz'. `cnncalc --help` lists them.\n")


@pytest.mark.parametrize(
    "line", ["inspect", "inspect vgg16 --bach 3", "inspect vgg16 --batch x", "window 10", "expand", "explain"]
)
def test_wrong_usage_is_2_and_says_how(line: str) -> None:
    ended = run(*line.split())
    assert (ended.status, ended.out) == (USAGE, "")
    assert ended.err.startswith(f"Usage: cnncalc {line.split()[0]} ")
    assert f"Try 'cnncalc {line.split()[0]} --help' for help." in ended.err


def test_python_m_cnncalc_is_the_program() -> None:
    # `python -m cnncalc` names itself cnncalc too.
    assert program("--help") == run("--help")


def test_the_installed_program_is_the_same() -> None:
    script = Path(sys.executable).with_name("cnncalc")
    if not script.exists():
        pytest.skip("not installed as a script here")
    done = subprocess.run(
        [script, "inspect", "conv_demo"], env=environment(), capture_output=True, timeout=120
    )
    assert done.stdout.decode() == run("inspect", "conv_demo").out


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_has_a_source_for(self, shell: str) -> None:
        ended = program(_CNNCALC_COMPLETE=f"{shell}_source")
        assert ended.status == 0
        assert "_CNNCALC_COMPLETE" in ended.out

    @pytest.mark.parametrize(
        ("words", "completed"),
        [("cnncalc ins", {"inspect"}), ("cnncalc ", set(NAMES)), ("cnncalc inspect --bat", {"--batch"})],
    )
    def test_completes(self, words: str, completed: set[str]) -> None:
        ended = program(
            _CNNCALC_COMPLETE="bash_complete",
            COMP_WORDS=words,
            COMP_CWORD=str(len(words.split(" ")) - 1),
        )
        assert {line.partition(",")[2] for line in ended.out.splitlines()} == completed


class TestInterrupt:
    """Ctrl-C: 130, and nothing but a word."""

    @pytest.mark.parametrize("stdin", [None, LARGE], ids=["reading", "working"])
    @pytest.mark.parametrize("line", ["inspect - --format json", "validate -", "expand -"])
    def test_ends_it_with_a_message(self, line: str, stdin: bytes | None) -> None:
        ended = interrupted(*line.split(), stdin=stdin)
        assert ended.err.strip() == "interrupted"
        assert ended.status == INTERRUPTED


def started(line: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    """A command that runs."""
    return subprocess.Popen(
        command(*line.split()),
        env=environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


class TestStreams:
    @pytest.mark.parametrize("line", one_in(3, RUNS))
    def test_a_closed_pipe_is_quiet(self, line: str) -> None:
        reading, writing = os.pipe()
        os.close(reading)
        with started(line, stdout=writing) as running:
            os.close(writing)
            _, output = running.communicate(timeout=120)
        assert (running.returncode, output) == (CLOSED_PIPE, b"")

    def test_the_head_of_a_long_output(self) -> None:
        with started("inspect resnet152 --all --format json") as running:
            assert running.stdout
            assert running.stdout.readline() == b"{\n"
            running.stdout.close()
            running.stdout = None
            _, output = running.communicate(timeout=120)
        assert (running.returncode, output) == (CLOSED_PIPE, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
    @pytest.mark.parametrize(
        "line", ["inspect vgg16", "specs lenet5", "--help", "validate specs/vgg16.yaml --format json"]
    )
    def test_a_full_disk_is_reported(self, line: str) -> None:
        with open("/dev/full", "w") as full, started(line, stdout=full.fileno()) as running:
            _, output = running.communicate(timeout=120)
        assert (running.returncode, output) == (USAGE, b"Error: No space left on device\n")

    @pytest.mark.parametrize(
        ("line", "status"),
        [
            ("inspect vgg16 >&-", 0),
            ("inspect nosuch >&- 2>&-", 2),
            ("validate specs/vgg16.yaml 2>&-", 0),
            ("inspect - <&-", 1),
        ],
    )
    def test_streams_that_the_caller_closed(self, line: str, status: int) -> None:
        shell = f"exec {' '.join(command())} {line}"
        done = subprocess.run(["sh", "-c", shell], cwd=ROOT, capture_output=True, timeout=120)
        assert done.returncode == status
        assert b"Traceback" not in done.stderr


COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:[349]\d)(?:;\d+)*m")
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize(
    "line", ["inspect vgg16", "window 10 -k 3 -s 2", "validate tests/render/faulty.yaml"]
)
class TestColour:
    @pytest.fixture(autouse=True)
    def at_the_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(ROOT)

    def test_there_is_none_in_a_pipe(self, line: str) -> None:
        assert "\x1b" not in run(*line.split(), TERM="xterm-256color").out

    def test_changes_no_character(self, line: str) -> None:
        forced = run(*line.split(), FORCE_COLOR="1", TERM="xterm-256color").out
        assert ESCAPE.search(forced)
        assert ESCAPE.sub("", forced) == run(*line.split()).out

    def test_there_is_none_where_it_is_not_wanted(self, line: str) -> None:
        shown = run(*line.split(), FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").out
        assert not COLOUR.search(shown)

    def test_on_a_terminal(self, line: str) -> None:
        shown = on_a_terminal(line)
        assert ESCAPE.search(shown)
        # Only a terminal breaks long lines of findings.
        assert ESCAPE.sub("", shown).split() == run(*line.split()).out.split()

    def test_on_a_terminal_that_has_none(self, line: str) -> None:
        assert "\x1b" not in on_a_terminal(line, TERM="dumb")
        assert not COLOUR.search(on_a_terminal(line, NO_COLOR="1"))


def on_a_terminal(line: str, **env: str) -> str:
    """What a command writes on a terminal."""
    import pty

    ours, its = pty.openpty()
    given = environment(**{"TERM": "xterm-256color", **env})
    with subprocess.Popen(command(*line.split()), env=given, stdin=its, stdout=its, stderr=its, cwd=ROOT):
        os.close(its)
        shown = b""
        # Where all have closed a terminal, Linux says that there is an input/output error.
        with suppress(OSError):
            while piece := os.read(ours, 1 << 16):
                shown += piece
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("line", ["inspect lenet5", "memory lenet5", "explain S001"])
def test_signs_that_an_encoding_lacks_give_no_traceback(line: str) -> None:
    ended = program(*line.split(), cwd=Path(zoo.folder()), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.isascii()
