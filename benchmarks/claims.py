"""What cnncalc's figures of memory were compared with, and how they agree, as a table: `python -m benchmarks.claims`.

Every row is a record beside the predictions of this cnncalc. That takes a minute, so the rows are kept in
benchmarks/results/claims.json, from which docs/memory.md shows them; `make test-all` computes them again.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import gpu, published, record_memory, record_modules
from benchmarks._bench import ROOT
from benchmarks.fake_cuda import record as fake

RECORD = ROOT / "benchmarks" / "results" / "claims.json"
FUZZED = ROOT / "benchmarks" / "results" / "fuzz.jsonl"
# Other random networks, from a run that looked for one that differs.
DRAWN = ROOT / "benchmarks" / "results" / "random-networks.json"
# Of `python -m benchmarks.measured`, whose rows are kept elsewhere.
BATCHES = ROOT / "benchmarks" / "results" / "measured-batches.json"
# The tests of random networks in the record of `make fuzz`: each draws its part of a tenth of the cases.
RANDOM = "tests/differential/test_random_networks.py::test_every_figure_is_pytorch_s["
PARTS = 8
OF = 10


class Claim(NamedTuple):
    """A row: what was compared with what, how many cases of how many agree, the worst one, and the record of it."""

    what: str
    compared_with: str
    cases: int
    exact: int | None
    within: int | None
    worst: str
    record: str


def of_errors(what: str, compared_with: str, errors: Sequence[tuple[str, float]], record: str) -> Claim:
    """The row of some cases, each with its name and its error as a part of what was measured."""
    name, worst = max(errors, key=lambda pair: abs(pair[1]))
    return Claim(
        what,
        compared_with,
        len(errors),
        sum(off == 0 for _, off in errors),
        sum(abs(off) <= 0.01 for _, off in errors),
        f"{worst:+.2%}, {name}" if worst else "0",
        record,
    )


def _built() -> Iterator[Claim]:
    """Networks as cnncalc builds them."""
    data = json.loads(record_memory.RECORD.read_text(encoding="utf-8"))
    facts = data["made"]
    libraries = dict(entry.split(" ") for entry in facts["libraries"].split(", "))
    record = f"memory-tracker.json: PyTorch {libraries['torch']}, {facts['date']}"
    for mode in ("inference", "training"):
        rows = [row for row in data["cases"] if row["mode"] == mode]
        errors = [(row["spec"], record_memory.error(row)) for row in rows]
        yield of_errors(
            f"networks as cnncalc builds them, {mode}", "MemTracker, CPU's kernels", errors, record
        )


def _modules() -> Iterator[Claim]:
    """torchvision's own modules."""
    lines = record_modules.lines()
    for mode in record_modules.MODES:
        rows = [row for row in lines if row["mode"] == mode]
        if rows:
            errors = [(row["spec"], record_modules.error(row)) for row in rows]
            record = f"modules-tracker.jsonl: {rows[-1]['made']}"
            yield of_errors(f"torchvision's modules, {mode}", "MemTracker, CPU's kernels", errors, record)


def _fake_cuda() -> Iterator[Claim]:
    """Networks as cnncalc builds them, with CUDA's own kernels, on fake tensors."""
    rows = fake.read()
    figures = [figure for line in sorted(rows) for figure in fake.compared(line, rows[line])]
    builders = ", ".join(sorted({row["made"].partition(",")[0] for row in rows.values()}))
    for precision in dict.fromkeys(figure.precision for figure in figures):
        chosen = [figure for figure in figures if figure.precision == precision]
        errors = [
            (f"{figure.line.network}, {figure.run}, {figure.line.capability}", figure.error)
            for figure in chosen
        ]
        explained = sum(figure.off != 0 and figure.off == figure.explained for figure in chosen)
        note = f"; of those that differ, it explains {explained}" if any(off for _, off in errors) else ""
        yield of_errors(
            f"networks as cnncalc builds them, {precision}",
            "MemTracker, CUDA's kernels",
            errors,
            f"fake-cuda.jsonl: {builders}{note}",
        )


def _random() -> Iterator[Claim]:
    """Random networks that `make fuzz` compared; a test of them passes only where all agree to the byte."""
    lines = [json.loads(line) for line in FUZZED.read_text(encoding="utf-8").splitlines()]
    passed = [line for line in lines if line["test"].startswith(RANDOM) and line["outcome"] == "passed"]
    count = sum(line["cases"] // OF // PARTS for line in passed)
    commits = ", ".join(sorted({line["commit"] for line in passed}))
    yield Claim(
        "random networks over all layers",
        "MemTracker, and storages, CPU's kernels",
        count,
        count,
        count,
        "0",
        f"fuzz.jsonl: commits {commits}",
    )
    later = json.loads(DRAWN.read_text(encoding="utf-8"))
    errors = [(f"seed {case['seed']}", case["predicted"] / case["measured"] - 1) for case in later["differ"]]
    errors += [("", 0.0)] * (later["networks"] - len(errors))
    yield of_errors(
        "random networks, drawn later",
        "MemTracker, and storages, CPU's kernels",
        errors,
        f"random-networks.json: {later['made']}",
    )


def _published() -> Iterator[Claim]:
    """Peaks that people published."""
    for plain in (True, False):
        errors = [
            (f"{peak.spec}, {peak.images} images", published.error(peak))
            for peak in published.PEAKS
            if peak.plain == plain
        ]
        kind = "of convolutions" if plain else "with attention"
        yield of_errors(
            f"networks {kind}, training", "peaks that were published, GPUs", errors, "the table below"
        )


def _batches() -> Iterator[Claim]:
    """Batches that others ran on real GPUs, and the next larger ones, which did not run: what `fit` answers."""
    if not BATCHES.exists():
        return
    data = json.loads(BATCHES.read_text(encoding="utf-8"))
    record = f"{BATCHES.name}: {data['made']['date']}"
    for kind, mode in (("train", "training"), ("infer", "inference")):
        files = [result for name, result in data["files"].items() if f"-{kind}-" in name]
        tallies = [result[source]["safe"] for result in files for source in ("zoo", "imported")]
        for question, words in (("given", "batches that ran"), ("next", "the next larger ones")):
            asked = sum(tally[question]["of"] for tally in tallies)
            right = sum(tally[question]["right"] for tally in tallies)
            if asked:
                missed = f"{asked - right} of {asked} wrong" if right < asked else "0"
                yield Claim(f"{words}, {mode}", "GPUs of others", asked, None, right, missed, record)


def _gpu() -> Iterator[Claim]:
    """What `python -m benchmarks.gpu` measured; a row that says so where there is no record."""
    from benchmarks._gpu.summary import peak_errors

    if not gpu.RECORDS:
        yield Claim("twelve networks", "a GPU", 0, None, None, "", "none is committed yet")
    for file in gpu.RECORDS:
        lines = gpu.lines_of(file)
        errors = [
            (f"{line['network']}, {line['mode']}, batch {line['batch']}", off)
            for line, off, _ in peak_errors(lines)
            if off is not None and not line["benchmark"]
        ]
        yield of_errors("twelve networks, allocated", lines[0]["device"], errors, file.name)


SOURCES: tuple[Callable[[], Iterator[Claim]], ...] = (
    _built,
    _fake_cuda,
    _random,
    _modules,
    _published,
    _batches,
    _gpu,
)


def claims() -> list[Claim]:
    """All rows, computed now."""
    return [claim for source in SOURCES for claim in source()]


def kept(path: Path = RECORD) -> list[Claim]:
    """All rows as they were written."""
    return [Claim(*row) for row in json.loads(path.read_text(encoding="utf-8"))]


def table(rows: Sequence[Claim]) -> str:
    """Rows in Markdown."""
    heads = ("what", "compared with", "cases", "to the byte", "within 1%, or right", "worst", "record")
    lines = [f"| {' | '.join(heads)} |", "|:---|:---|---:|---:|---:|:---|:---|"]
    for row in rows:
        cells = ("" if cell is None else f"{cell:,}" if isinstance(cell, int) else cell for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Write all rows, and show them."""
    rows = claims()
    RECORD.write_text("[\n" + ",\n".join(f" {json.dumps(row)}" for row in rows) + "\n]\n", encoding="utf-8")
    print(table(rows))


if __name__ == "__main__":
    main()
