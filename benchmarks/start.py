"""Start: one table, from nothing.

`cnncalc inspect vgg16` with its output in a pipe, the whole process, beside a bare Python that imports the three
libraries that cnncalc uses (`import click, yaml, rich.console, rich.table`): the table itself should cost little more
than that, and a command that reads no spec should cost less. (Rich is imported only where a terminal may show colour.)
Then the times of other tools for the same network: torchinfo on torchvision's `vgg16` (batch 1, 3x224x224), the same
on the meta device, and fvcore's `FlopCountAnalysis`. They need a PyTorch model and torch; cnncalc needs neither.
"""

from collections.abc import Iterator

from benchmarks._bench import Bench, Command, cnncalc, python
from benchmarks._row import Row, at_most, ratio_at_most

FLOOR = "import click, yaml, rich.console, rich.table"
TEXT, JSON = "`inspect vgg16`", "`inspect vgg16 --format json`"
WINDOW, VERSION = "`window 227 -k 11 -s 4`", "`--version`"
PEERS = {
    "torchinfo on torchvision's vgg16": "torchinfo",
    "torchinfo on the meta device": "torchinfo-meta",
    "fvcore on torchvision's vgg16": "fvcore",
}


def rows(bench: Bench) -> Iterator[Row]:
    # Other tools take seconds: fewer runs, and a small one to check that they work.
    model = "squeezenet1_1" if bench.quick else "vgg16"
    commands: dict[str, Command] = {
        "floor": python("-c", FLOOR),
        TEXT: cnncalc("inspect", "vgg16"),
        JSON: cnncalc("inspect", "vgg16", "--format", "json"),
        WINDOW: cnncalc("window", "227", "-k", "11", "-s", "4"),
        VERSION: cnncalc("--version"),
        **{what: python("-m", "benchmarks._peers", tool, model, runs=3) for what, tool in PEERS.items()},
    }
    samples = bench.run_all(commands, 21)
    floor, text = samples["floor"], samples[TEXT]
    bare, least = floor.milliseconds.median, floor.mebibytes.median
    yield Row("the bare imports", "ms", floor.milliseconds)
    for what, most in ((TEXT, 1.25), (JSON, 1.10), (WINDOW, 1.0), (VERSION, 1.0)):
        yield Row(what, "ms", samples[what].milliseconds, "the bare imports", bare, ratio_at_most(most))
    for what in PEERS:
        time = samples[what].milliseconds
        yield Row(what, "ms", time, TEXT, text.milliseconds.median)
    yield Row("peak memory of the bare imports", "MiB", floor.mebibytes)
    for what in (TEXT, JSON):
        yield Row(
            f"peak memory of {what}", "MiB", samples[what].mebibytes, "the bare imports", least, at_most(40)
        )
    for what in PEERS:
        yield Row(f"peak memory of {what}", "MiB", samples[what].mebibytes, TEXT, text.mebibytes.median)
