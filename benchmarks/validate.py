"""Validate: a thousand specs.

1,000 copies of the ResNet-50 spec in a folder, `cnncalc validate FOLDER` as a whole process, on two cores. The same on
one core shows how much time the second process saves; the processor time of both shows what it costs. The last rows
show from how many files on a second process pays: the same folders with one process and with two, whatever cnncalc
would choose (it takes two from `PARALLEL` files on, in `cnncalc/commands/_check.py`).
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks._bench import ROOT, Bench, Command, cnncalc, python
from benchmarks._row import Row, at_most, ratio_at_most

SPEC = ROOT / "specs" / "resnet50.yaml"
ALONE, ONE, TWO = (
    "`validate` of 1 file",
    "`validate` of {} files, one core",
    "`validate` of {} files, two cores",
)


def rows(bench: Bench) -> Iterator[Row]:
    files = 64 if bench.quick else 1000
    folder = copies(bench, files)
    spec, two = ONE.format(f"{files:,}"), TWO.format(f"{files:,}")
    samples = bench.run_all(
        {
            ALONE: cnncalc("validate", copies(bench, 1), cores=2),
            spec: cnncalc("validate", folder, cores=1),
            two: cnncalc("validate", folder, cores=2),
        },
        7,
    )
    alone, single, double = samples[ALONE], samples[spec], samples[two]
    yield Row(ALONE, "s", alone.seconds)
    yield Row(spec, "s", single.seconds, ALONE, alone.seconds.median)
    yield Row(two, "s", double.seconds, spec, single.seconds.median, at_most(6))
    yield Row(
        f"processor time of {two}",
        "s",
        double.processor_seconds,
        f"of {spec}",
        single.processor_seconds.median,
        ratio_at_most(1.1),
    )
    yield Row(f"peak memory of {two}", "MiB", double.mebibytes, ALONE, alone.mebibytes.median)
    yield from crossover(bench)


def crossover(bench: Bench) -> Iterator[Row]:
    """One process compared with two, for more and more files."""
    from cnncalc.commands._check import PARALLEL

    counts = (2, 16) if bench.quick else (4, 8, 12, 16, 24, 32, 48, 64, 128, PARALLEL)
    for files in sorted(set(counts)):
        folder = copies(bench, files)
        samples = bench.run_all({"one": forced(1, files, folder), "two": forced(2, files, folder)}, 9)
        single, two = samples["one"].seconds, samples["two"].seconds
        what = f"{files} files, two processes"
        target = ratio_at_most(1) if files == PARALLEL else None
        yield Row(what, "s", two, "one process", single.median, target)


def forced(processes: int, files: int, folder: Path) -> Command:
    """`validate` with a number of processes."""
    return python("-m", "benchmarks._forced", str(processes), str(files), folder, cores=2)


def copies(bench: Bench, count: int) -> Path:
    """A folder with a number of copies of the spec."""
    folder = bench.folder / f"copies{count}"
    if not folder.exists():
        folder.mkdir()
        text = SPEC.read_bytes()
        for index in range(count):
            (folder / f"net{index:04}.yaml").write_bytes(text)
    return folder
