"""Large: a hundred thousand layers, and a million.

A residual network of 100,000 nodes, written in 20 lines through `repeat`: from the text to the last row of the table,
whole processes, whose output is discarded. It is compared with a bare Python program that writes as many rows of the
same JSON and knows nothing about networks: a report of this number of layers can hardly be faster. 1,000,000 nodes (the
limit) are ten times the work and should take ten times as long: no part may grow faster than the network.
"""

from collections.abc import Iterator

from benchmarks import _specs
from benchmarks._bench import Bench, cnncalc, python
from benchmarks._row import Row, at_most, ratio_at_most


def rows(bench: Bench) -> Iterator[Row]:
    nodes = 100 if bench.quick else 100_000
    spec, ten = bench.folder / "large.yaml", bench.folder / "ten_times.yaml"
    spec.write_text(_specs.deep(nodes), encoding="utf-8")
    ten.write_text(_specs.deep(10 * nodes), encoding="utf-8")
    ways = {
        "`inspect`": ("inspect",),
        "`inspect --format json`": ("inspect", "--format", "json"),
        "`validate`": ("validate",),
    }
    floor = f"a bare Python that writes {nodes:,} rows"
    samples = bench.run_all(
        {floor: python("-m", "benchmarks._bare_rows", str(nodes))}
        | {f"{way} of {nodes:,} nodes": cnncalc(*words, spec) for way, words in ways.items()},
        7,
    )
    yield Row(floor, "s", samples[floor].seconds)
    bare = samples[floor].seconds.median
    for what, sample in list(samples.items())[1:]:
        yield Row(what, "s", sample.seconds, floor, bare, at_most(3))
    for what, sample in list(samples.items())[1:]:
        yield Row(f"peak memory of {what}", "MiB", sample.mebibytes, target=at_most(150))
    # Both sizes again, in turn: other work of the machine then slows both in the same way.
    again = {(way, file): cnncalc(*words, file) for way, words in ways.items() for file in (spec, ten)}
    pairs = bench.run_all(again, 3, warm=True)
    for way in ways:
        once, often = pairs[way, spec], pairs[way, ten]
        name, less = f"{way} of {10 * nodes:,} nodes", f"{nodes:,} nodes in the same turns"
        yield Row(name, "s", often.seconds, less, once.seconds.median, ratio_at_most(12))
    for way in ways:
        once, often = pairs[way, spec], pairs[way, ten]
        name = f"peak memory of {way} of {10 * nodes:,} nodes"
        yield Row(name, "MiB", often.mebibytes, f"{nodes:,} nodes", once.mebibytes.median, ratio_at_most(12))
