"""Lint: a thousand specs, ten thousand, and one.

`cnncalc validate FOLDER` with every default rule, as a whole process on two cores: a folder of specs of about the size
of ResNet-50, which differ in the number of blocks in their stages. Ten thousand of them should take ten times as long.
Then a single file, compared with `inspect` of the same file, which makes the same graph and prints a table.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks._bench import ROOT, Bench, cnncalc
from benchmarks._row import Row, at_most, ratio_at_most

SPEC = ROOT / "specs" / "resnet50.yaml"
# Its stages, and how many blocks they get: ResNet-50's own in the middle.
STAGES = (
    ("stage1: 3", (2, 3, 4)),
    ("stage2: 4", (3, 4, 5)),
    ("stage3: 6", (5, 6, 7)),
    ("stage4: 3", (2, 3, 4)),
)
INSPECT, ONE = "`inspect resnet50.yaml`", "`validate resnet50.yaml`"


def rows(bench: Bench) -> Iterator[Row]:
    few, many = (20, 200) if bench.quick else (1000, 10_000)
    thousand, tens = f"`validate` of {few:,} specs, two cores", f"`validate` of {many:,} specs, two cores"
    samples = bench.run_all(
        {
            INSPECT: cnncalc("inspect", SPEC),
            ONE: cnncalc("validate", SPEC),
            thousand: cnncalc("validate", varied(bench, few), cores=2),
            tens: cnncalc("validate", varied(bench, many), runs=3, cores=2),
        },
        9,
    )
    inspect, first = samples[INSPECT].milliseconds, samples[thousand].seconds
    yield Row(INSPECT, "ms", inspect)
    yield Row(ONE, "ms", samples[ONE].milliseconds, INSPECT, inspect.median, ratio_at_most(1.2))
    yield Row(thousand, "s", first, target=at_most(2))
    yield Row(tens, "s", samples[tens].seconds, thousand, first.median, ratio_at_most(11))
    yield Row(
        f"peak memory of {tens}", "MiB", samples[tens].mebibytes, thousand, samples[thousand].mebibytes.median
    )


def varied(bench: Bench, count: int) -> Path:
    """A folder with `count` different specs."""
    folder = bench.folder / f"varied{count}"
    if not folder.exists():
        folder.mkdir()
        text = SPEC.read_text(encoding="utf-8")
        for index in range(count):
            edited, left = text.replace("name: ", f"name: {index} ", 1), index
            for stage, blocks in STAGES:
                if stage not in edited:
                    raise ValueError(f"{SPEC} has no `{stage}` any more")
                edited = edited.replace(stage, f"{stage.partition(':')[0]}: {blocks[left % len(blocks)]}")
                left //= len(blocks)
            (folder / f"net{index:05}.yaml").write_text(edited, encoding="utf-8")
    return folder
