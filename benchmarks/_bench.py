"""Measuring: whole processes, run in turn (A B C, A B C, ...), so that other work on the machine slows all of them."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple, Self, TypeVar

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = Path(__file__).with_name("_launcher.py")
PYTHON = sys.executable
MIB = 2**20
# ru_maxrss is in KiB, on macOS in bytes.
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
# What changes how a command writes, or keeps Python from reading compiled files, is not passed on.
DROPPED = (
    "COLUMNS",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPROFILEIMPORTTIME",
)


Name = TypeVar("Name")


class Figure(NamedTuple):
    """A figure over several runs."""

    median: float
    low: float
    high: float
    runs: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        return cls(median(values), min(values), max(values), len(values))


class Once(NamedTuple):
    """What one run took: seconds on the clock and of processors, MiB at its peak, and what it printed."""

    wall: float
    cpu: float
    peak: float
    printed: str


class Sample(NamedTuple):
    """The runs of one command."""

    runs: tuple[Once, ...]

    @property
    def seconds(self) -> Figure:
        return Figure.of([run.wall for run in self.runs])

    @property
    def milliseconds(self) -> Figure:
        return Figure.of([1000 * run.wall for run in self.runs])

    @property
    def processor_seconds(self) -> Figure:
        return Figure.of([run.cpu for run in self.runs])

    @property
    def mebibytes(self) -> Figure:
        return Figure.of([run.peak for run in self.runs])

    def printed(self, place: int) -> Figure:
        """The number in that place of what each run printed."""
        return Figure.of([float(run.printed.split()[place]) for run in self.runs])


class Command(NamedTuple):
    """A command to run: `runs` fewer times than the others, on the first `cores`, `kept` for what it prints."""

    arguments: Sequence[str | Path]
    runs: int | None = None
    cores: int = 0
    kept: bool = False


def python(*arguments: str | Path, runs: int | None = None, cores: int = 0, kept: bool = False) -> Command:
    """A command of this Python."""
    return Command((PYTHON, *arguments), runs, cores, kept)


def cnncalc(*arguments: str | Path, runs: int | None = None, cores: int = 0) -> Command:
    """A command of cnncalc."""
    return Command((PYTHON, "-m", "cnncalc", *arguments), runs, cores)


class Failed(Exception):
    """A command that failed: there is nothing to measure."""


class Bench:
    """Where benchmarks run: a launcher of commands and a folder for what they read. `quick` is to see that all runs."""

    def __init__(self, *, quick: bool = False) -> None:
        self.quick = quick
        self._wall = self._cpu = 0.0

    def __enter__(self) -> Self:
        self._folder = TemporaryDirectory(prefix="cnncalc-benchmarks-")
        self.folder = Path(self._folder.name)
        self._launcher = subprocess.Popen(
            [PYTHON, "-I", "-S", LAUNCHER],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if name not in DROPPED},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._launcher.communicate()
        self._folder.cleanup()

    @property
    def undisturbed(self) -> float:
        """Processor time by time on the clock, of all runs: near 1 unless other work slowed the machine."""
        return self._cpu / self._wall if self._wall else 1.0

    def run(self, command: Command) -> Once:
        """Run one command once. Raises `Failed`."""
        output, errors = self.folder / ".output", self.folder / ".errors"
        arguments = (command.cores, output if command.kept else os.devnull, errors, *command.arguments)
        assert self._launcher.stdin is not None
        assert self._launcher.stdout is not None
        self._launcher.stdin.write("\0".join(map(str, arguments)) + "\n")
        self._launcher.stdin.flush()
        status, wall, cpu, peak = self._launcher.stdout.readline().split()
        if status != "0":
            shown = " ".join(map(str, command.arguments))
            raise Failed(f"exit status {status}: {shown}\n{errors.read_text(encoding='utf-8')}")
        printed = output.read_text(encoding="utf-8") if command.kept else ""
        self._wall, self._cpu = self._wall + float(wall), self._cpu + float(cpu)
        return Once(float(wall), float(cpu), int(peak) * PEAK_UNIT / MIB, printed)

    def run_all(self, commands: dict[Name, Command], runs: int, *, warm: bool = False) -> dict[Name, Sample]:
        """Run commands in turn: once to warm up (unless `warm`), then `runs` times each, or as the command says."""
        if self.quick:
            return {name: Sample((self.run(command),)) for name, command in commands.items()}
        if not warm:
            for command in commands.values():
                self.run(command)
        done: dict[Name, list[Once]] = {name: [] for name in commands}
        for index in range(runs):
            for name, command in commands.items():
                if command.runs is None or index < command.runs:
                    done[name].append(self.run(command))
        return {name: Sample(tuple(sample)) for name, sample in done.items()}
