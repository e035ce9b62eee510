"""Unforeseen errors, and limits of the machine: one sentence, and the right exit status."""

import os
import resource
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from cnncalc.commands._check import PARALLEL
from cnncalc.program.limits import is_interrupt, limit
from cnncalc.program.unforeseen import ISSUES, UNFORESEEN, sentence
from tests._depth import one_in
from tests._each import each
from tests.commands._program import Ended, command, environment, interrupted, run

ROOT = Path(__file__).parents[2]
# The program, with a function in it that raises.
BROKEN = """
import sys
from importlib import import_module
place, error, *arguments = sys.argv[1:]
module, _, name = place.rpartition(".")
def broken(*values, **named):
    raise eval(error)
setattr(import_module(module), name, broken)
sys.argv = ["cnncalc", *arguments]
from cnncalc.__main__ import main
main()
"""
SPECS = "cnncalc.commands._run.read_spec_argument"
SMALL = b"cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n"
LARGE = b"cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n    repeat: 900000\n"


def broken(error: str, *arguments: str, place: str = SPECS) -> Ended:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, place, error, *arguments],
        env=environment(PYTHONPATH=str(ROOT)), cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    return Ended(done.returncode, done.stdout, done.stderr)


def limited(*arguments: str, kind: int, most: int, stdin: bytes = b"") -> Ended:
    """The program where the machine allows it little."""
    done = subprocess.run(
        command(*arguments), env=environment(), cwd=ROOT, input=stdin, capture_output=True, timeout=120,
        preexec_fn=lambda: resource.setrlimit(kind, (most, most)),
    )  # fmt: skip
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


class TestGuard:
    @pytest.mark.parametrize(
        ("line", "error"),
        one_in(
            3,
            product(
                ["inspect vgg16", "memory vgg16", "expand vgg16", "explain vgg16 fc1"],
                ["ValueError('a\\nb')", "AssertionError()", "KeyError('x')", "IndexError('\\x1b[31m')"],
            ),
            arguments=2,
        ),
    )
    def test_one_sentence_with_the_spec_and_a_hint(self, line: str, error: str) -> None:
        ended = broken(error, *line.split())
        assert (ended.status, ended.out) == (UNFORESEEN, "")
        assert ended.err.count("\n") == 1
        assert ended.err.startswith("Error: unexpected error in vgg16")
        assert error.partition("(")[0] in ended.err
        assert ended.err.endswith(f"run again with --debug and report it at {ISSUES}\n")
        assert "\x1b" not in ended.err

    @pytest.mark.parametrize(
        "line", ["--debug inspect vgg16", "inspect --debug vgg16", "inspect vgg16 --debug"]
    )
    def test_debug_shows_where(self, line: str) -> None:
        ended = broken("ValueError('x')", *line.split())
        assert ended.status == UNFORESEEN
        assert ended.err.startswith("Traceback (most recent call last):\n")
        assert "unexpected error in vgg16: ValueError: x" in ended.err.splitlines()[-1]

    def test_also_without_a_spec(self) -> None:
        ended = broken("ValueError('x')", "window", "10", "-k", "3", place="cnncalc.layers.problems")
        assert ended.status == UNFORESEEN
        assert ended.err.startswith("Error: unexpected error in 10: ValueError: x;")

    def test_a_start_that_fails_is_reported_too(self) -> None:
        ended = broken("ValueError('x')", "inspect", "vgg16", place="cnncalc.cli.main")
        assert ended.status == UNFORESEEN
        assert ended.err == "Error: cnncalc cannot start: ValueError: x\n"

    def test_the_sentence_is_one_line(self) -> None:
        text = sentence(ValueError("a\nb" * 1000), "x\n\x1b[31m")
        assert "\n" not in text
        assert text.isprintable()
        assert len(text) < 500

    def test_the_help_says_the_statuses(self) -> None:
        shown = " ".join(run("--help").out.split())
        assert "70 an error in cnncalc itself" in shown
        assert "--debug" in shown
        assert "--debug" in run("inspect", "--help").out


class TestLimits:
    @pytest.mark.parametrize(
        "error",
        ["MemoryError()", "RecursionError('x')", "OSError(24, 'Too many open files')", "OSError(12, 'x')",
         "RuntimeError(\"can't start new thread\")",
         "SystemError('<x> returned NULL without setting an exception')",
         "ImportError('libx.so: failed to map segment from shared object')"],
    )  # fmt: skip
    def test_a_limit_of_the_machine_is_not_our_error(self, error: str) -> None:
        ended = broken(error, "inspect", "vgg16")
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.startswith("Error: ")
        assert ended.err.count("\n") == 1

    def test_a_limit_is_found_under_its_consequences(self) -> None:
        error = ValueError("x")
        error.__cause__ = MemoryError()
        assert limit(error)
        assert limit(ValueError("x")) is None

    @pytest.mark.parametrize(
        ("line", "most"),
        one_in(4, product(["inspect -", "validate -", "expand -"], [26, 30, 34, 38, 42, 46]), arguments=2),
    )
    def test_too_little_memory(self, line: str, most: int) -> None:
        ended = limited(*line.split(), kind=resource.RLIMIT_AS, most=most * 1_000_000, stdin=LARGE)
        assert ended.status == 2
        assert "memory" in ended.err
        assert "Traceback" not in ended.err

    @pytest.mark.parametrize(
        ("line", "most"),
        one_in(
            2,
            product(
                ["inspect vgg16", "validate FOLDER", "diff git:HEAD:specs/vgg16.yaml vgg13", "specs lenet"],
                [5, 8, 14],
            ),
            arguments=2,
        ),
    )
    def test_few_open_files(self, tmp_path: Path, line: str, most: int) -> None:
        # As many as are checked by several processes.
        for number in range(PARALLEL):
            (tmp_path / f"{number}.yaml").write_bytes(SMALL)
        words = line.replace("FOLDER", str(tmp_path)).split()
        ended = limited(*words, kind=resource.RLIMIT_NOFILE, most=most)
        assert ended.status in (0, 2)
        assert (ended.status == 2) == ("Error: " in ended.err)
        assert "Traceback" not in ended.err

    @pytest.mark.parametrize(
        "name", ["d/" * 1000 + "net.yaml", "git:HEAD:" + "d/" * 1000 + "net.yaml", "(" * 50_000]
    )
    @pytest.mark.parametrize("line", ["inspect", "validate", "diff vgg16", "explain"])
    def test_a_path_of_any_depth(self, line: str, name: str) -> None:
        ended = run(*line.split(), name)
        assert ended.status == 2
        assert "unexpected" not in ended.err


class TestWidths:
    @each("width", ["0", "-1", "1", "5", "1000000000", "x", "", "²", "9" * 5000, "1e3", " 80 "])
    @each(
        "line",
        ["inspect vgg16", "memory vgg16", "explain S001", "layers conv", "rules", "--help", "specs lenet"],
    )
    def test_any_width_works(self, line: str, width: str) -> None:
        ended = run(*line.split(), COLUMNS=width, LINES=width)
        assert (ended.status, ended.err) == (0, "")
        assert max(map(len, ended.out.splitlines())) <= 10_000


class TestNumbers:
    @pytest.mark.parametrize(
        "value", ["nan", "inf", "-inf", "1e999", "infinity", "NaN", "+inf", ".inf", "-.nan"]
    )
    @pytest.mark.parametrize(
        "line",
        ["inspect {} --set k=", "validate {} --set k=", "expand {} --set k=", "diff {} {} --set k=", "fit {} --memory=",
         "fit {} --memory=1GiB --reserve=", "memory {} --mode training --momentum=", "inspect {} --batch=",
         "memory {} --mode training --optimizer adam --weight-decay=", "window 10 --kernel=",
         "diff {} {} --fail-if=params>"],
    )  # fmt: skip
    def test_what_is_not_a_number_is_refused(self, line: str, value: str, tmp_path: Path) -> None:
        spec = tmp_path / "net.yaml"
        spec.write_text(
            "cnncalc: 1\ninput: 8x8x3\nparams: {k: 3}\nlayers:\n  - conv: {filters: 4, kernel: $k}\n"
        )
        ended = run(*(line + value).replace("{}", str(spec)).split())
        assert (ended.status, ended.out) == (2, "")

    @each("digits", [10, 30, 400, 4200, 5000])
    @each(
        "line",
        ["inspect vgg16 --batch", "inspect vgg16 --depth", "inspect vgg16 --max-nodes", "explain vgg16 fc1 --batch",
         "memory vgg16 --batch", "memory vgg16 --prefetch", "memory vgg16 --accumulate", "memory vgg16 --devices",
         "memory vgg16 --top", "fit vgg16 --memory 1GiB --batch", "window 10 --kernel", "window 10 -k 3 --stride",
         "window 10 -k 3 --padding", "window 10 -k 3 --dilation", "fit vgg16 --memory", "verify lenet5 --batch"],
    )  # fmt: skip
    def test_a_number_without_bounds_is_a_usage_error(self, line: str, digits: int) -> None:
        ended = run(*line.split(), "9" * digits)
        assert (ended.status, ended.out) == (2, "")
        assert max(map(len, ended.err.splitlines())) <= 1100


class TestInterrupt:
    @pytest.mark.parametrize(
        ("line", "begin"),
        [
            ("inspect vgg16", "cnncalc.cli.main"),
            ("inspect vgg16", "cnncalc.cli._settle_size"),
            ("inspect vgg16", "cnncalc.plugins.load"),
            ("inspect vgg16", SPECS),
            ("memory vgg16", "cnncalc.memory.report.figures"),
            ("validate specs", "cnncalc.commands._check.check_files"),
        ],
    )
    def test_it_ends_every_phase(self, line: str, begin: str) -> None:
        ended = interrupted(*line.split(), stdin=b"", cwd=ROOT, begin=begin)
        # A run may be done before the interrupt has come.
        assert (ended.status, ended.err.strip()) in ((130, "interrupted"), (0, ""))

    def test_it_is_found_under_the_error_that_a_class_body_makes_of_it(self) -> None:
        """A field's `__set_name__` that is interrupted ends with a `RuntimeError` in Python 3.11."""
        error = RuntimeError("Error calling __set_name__ on 'Field' instance 'kernel' in 'Convolution'")
        error.__cause__ = KeyboardInterrupt()
        assert is_interrupt(error)
        assert not is_interrupt(RuntimeError("x"))

    def test_such_an_error_ends_as_an_interrupt(self) -> None:
        stopped = "{'__set_name__': lambda *_: (_ for _ in ()).throw(KeyboardInterrupt())}"
        ended = broken(f"type('X', (), {{'f': type('D', (), {stopped})()}})", "inspect", "vgg16")
        assert (ended.status, ended.out, ended.err.strip()) == (130, "", "interrupted")

    @pytest.mark.parametrize(
        "place",
        [
            "cnncalc.plugins.load",
            "cnncalc.api.read_path",
            "cnncalc.commands._terminal.Terminal",
            "cnncalc.cli.main",
        ],
    )
    def test_wherever_it_is_raised(self, place: str) -> None:
        ended = broken("KeyboardInterrupt()", "inspect", "vgg16", place=place)
        assert ended.status == 130
        assert ended.err.strip() == "interrupted"

    @pytest.mark.parametrize("name", ["click", "cnncalc.cli", "cnncalc.commands.inspect", "cnncalc.analysis"])
    def test_amid_an_import(self, name: str) -> None:
        code = f"""
import sys, os, signal
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder)
sys.argv = ["cnncalc", "inspect", "vgg16"]
from cnncalc.__main__ import main
main()
"""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr.strip()) == (130, b"interrupted")

    def test_in_a_destructor(self) -> None:
        """Python prints an exception there, and goes on."""
        code = """
import sys
sys.argv = ["cnncalc", "inspect", "vgg16"]
import cnncalc.commands._run as run
class Thing:
    def __del__(self):
        raise KeyboardInterrupt
read = run.read_spec_argument
def reading(*arguments):
    Thing()
    return read(*arguments)
run.read_spec_argument = reading
from cnncalc.__main__ import main
main()
"""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment(PYTHONPATH=str(ROOT)),
            capture_output=True,
            timeout=120,
        )
        assert (done.returncode, done.stderr.strip()) == (130, b"interrupted")


LINES = ["inspect vgg16", "expand vgg16", "schema", "window 10 -k 3", "--help"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize(
    ("line", "streams"),
    one_in(
        5,
        product(
            [*LINES, "inspect nosuch"],
            [">/dev/full", "2>/dev/full", ">/dev/full 2>&1", ">&-", "2>&-", ">&- 2>&- <&-"],
        ),
        arguments=2,
    ),
)
def test_streams_that_take_nothing(line: str, streams: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {' '.join(command())} {line} {streams}"],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
    )
    full = streams.startswith(">/dev/full")
    assert done.returncode == (2 if full or "nosuch" in line else 0)
    assert b"Traceback" not in done.stderr
    if streams == ">/dev/full" and "nosuch" not in line:
        assert done.stderr == b"Error: No space left on device\n"


@pytest.mark.parametrize("line", [*LINES, "validate specs/vgg16.yaml --format concise"])
def test_a_closed_pipe_for_both_is_quiet(line: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(command(*line.split()), cwd=ROOT, stdout=writing, stderr=writing) as running:
        os.close(writing)
        assert running.wait(120) == 141
