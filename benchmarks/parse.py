"""Parse: five thousand layers, each written out.

400 KB of text with 5,000 layers and no `repeat`: convolutions of many sizes, batch norm, activations, pools, every one
with a name. In process: read, build the graph and make every analysis, each time in a new Python that has only seen a
short spec before: once like a program that uses the library, once like the command line, which switches the collection
of cycles off. It is compared with two figures of PyYAML with libyaml on the same text: its events alone, from which
cnncalc makes everything, and its own fastest loader, which makes lists and dictionaries and knows nothing about places,
names or shapes.
"""

from collections.abc import Iterator

from benchmarks import _specs
from benchmarks._bench import Bench, Figure, cnncalc, python
from benchmarks._row import Row, at_least

EVENTS, LOADER = "PyYAML's events of the text", "PyYAML's `CSafeLoader` on the text"
LIBRARY, COMMAND = "read, build and analyse", "the same without the collector"
WAYS = {EVENTS: "pyyaml-events", LOADER: "pyyaml", LIBRARY: "whole", COMMAND: "uncollected"}


def rows(bench: Bench) -> Iterator[Row]:
    layers = 50 if bench.quick else 5000
    spec = bench.folder / "long.yaml"
    spec.write_text(_specs.long(layers), encoding="utf-8")
    whole = {
        "whole process: `inspect --format json`": cnncalc("inspect", "--format", "json", spec),
        "whole process: `inspect`": cnncalc("inspect", spec),
        "whole process: `validate`": cnncalc("validate", spec),
    }
    inside = {what: python("-m", "benchmarks._inside", spec, way, kept=True) for what, way in WAYS.items()}
    samples = bench.run_all(inside | whole, 11)
    library, command = samples[LIBRARY].printed(0), samples[COMMAND].printed(0)
    events, loader = samples[EVENTS].printed(0), samples[LOADER].printed(0)
    yield Row(EVENTS, "s", events)
    yield Row(LOADER, "s", loader, EVENTS, events.median)
    yield Row(LIBRARY, "s", library, LOADER, loader.median)
    yield Row(LIBRARY, "layers/s", _rate(layers, library), target=at_least(15_000))
    yield Row(COMMAND, "s", command, LOADER, loader.median)
    yield Row(COMMAND, "layers/s", _rate(layers, command), target=at_least(15_000))
    for place, part in enumerate(("text to spec", "spec to graph", "every analysis"), 1):
        yield Row(f"of that: {part}", "s", samples[COMMAND].printed(place), EVENTS, events.median)
    for what in whole:
        yield Row(what, "s", samples[what].seconds, LOADER, loader.median)
    for what in whole:
        yield Row(f"peak memory of {what}", "MiB", samples[what].mebibytes)


def _rate(layers: int, seconds: Figure) -> Figure:
    return Figure(layers / seconds.median, layers / seconds.high, layers / seconds.low, seconds.runs)
