"""Drawing: pictures of networks, small and large.

`cnncalc draw` of the graph, whole processes, whose output is discarded; beside it `cnncalc inspect` of the same
network, which computes the same figures. Then the drawing alone, within a process in which the figures are known: the
goals are 100 ms for ResNet-50 and 1 s for 1,000 boxes. A chain of 100,000 nodes is one box that repeats: ten times the
nodes may take ten times as long. The sizes are those of the files.
"""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import _specs
from benchmarks._bench import Bench, Figure, cnncalc, python
from benchmarks._row import Row, at_most, ratio_at_most

NETWORKS = {"ResNet-50": "resnet50", "DenseNet-201": "densenet201", "EfficientNet-B7": "efficientnet_b7"}
# The most kilobytes of a file.
SIZES = {"ResNet-50": 80}
FLAT = "1,000 boxes, each layer by itself"


def rows(bench: Bench) -> Iterator[Row]:
    nodes = 100 if bench.quick else 10_000
    files = {
        f"a chain of {count:,} nodes": _written(bench, f"deep{count}.yaml", _specs.deep(count))
        for count in (nodes, 10 * nodes)
    }
    flat = _written(bench, "flat.yaml", _specs.long(100 if bench.quick else 1000))
    specs: dict[str, str | Path] = {**NETWORKS, **files}
    drawn = {what: cnncalc("draw", spec, "--format", "svg") for what, spec in specs.items()}
    shown = {f"`inspect` of {what}": cnncalc("inspect", spec) for what, spec in specs.items()}
    samples = bench.run_all(drawn | shown, 7)
    for what in drawn:
        against = f"`inspect` of {what}"
        time, other = samples[what].seconds, samples[against].seconds.median
        yield Row(f"`draw` of {what}", "s", time, against, other, ratio_at_most(3))
    small, large = files
    time = samples[large].seconds
    yield Row(f"`draw` of {large}, again", "s", time, small, samples[small].seconds.median, ratio_at_most(12))
    alone = {
        "the drawing of ResNet-50 alone": (python("-m", "benchmarks._drawn", "resnet50", kept=True), 0.1),
        f"the drawing of {FLAT}": (python("-m", "benchmarks._drawn", flat, "--all", kept=True), 1.0),
    }
    for what, (command, most) in alone.items():
        values = [float(bench.run(command).printed) for _ in range(1 if bench.quick else 7)]
        yield Row(what, "s", Figure.of(values), target=at_most(most))
    for what, name in NETWORKS.items():
        command = cnncalc("draw", name, "--format", "svg")._replace(kept=True)
        sizes = [len(bench.run(command).printed) / 1000 for _ in range(1 if bench.quick else 3)]
        yield Row(f"the file of {what}", "kB", Figure.of(sizes), target=at_most(SIZES.get(what, 400)))


def _written(bench: Bench, name: str, text: str) -> Path:
    path = bench.folder / name
    path.write_text(text, encoding="utf-8")
    return path
