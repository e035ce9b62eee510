"""The record: a line of JSON for each network, batch and capability, with what made it; and how predictions compare."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import cnncalc
from benchmarks._bench import ROOT
from benchmarks.fake_cuda.cases import Line, setup
from cnncalc.graph import Graph
from cnncalc.memory import Estimate

RECORD = ROOT / "benchmarks" / "results" / "fake-cuda.jsonl"


class Compared(NamedTuple):
    """One figure of a line: what was measured, what cnncalc predicts now, and why they differ, if that is known."""

    line: Line
    run: str
    precision: str
    measured: int
    predicted: int
    # The difference that a line of the record explains, and the explanation.
    explained: int
    why: str

    @property
    def off(self) -> int:
        return self.predicted - self.measured

    @property
    def error(self) -> float:
        return self.predicted / self.measured - 1


def read(path: Path = RECORD) -> dict[Line, dict[str, Any]]:
    """The rows of the record; of several for the same line, the last one."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
    return {Line(*(row[field] for field in Line._fields)): row for row in rows}


def append(row: Mapping[str, Any], path: Path = RECORD) -> None:
    """Add a row, at once: what is measured stays, whatever happens next."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def write(rows: Mapping[Line, Mapping[str, Any]], path: Path = RECORD) -> None:
    """Write the record anew, in order."""
    path.write_text("".join(json.dumps(rows[line]) + "\n" for line in sorted(rows)), encoding="utf-8")


def compared(line: Line, row: Mapping[str, Any]) -> Iterator[Compared]:
    """Every figure of a row, against what is predicted now."""
    reasons = row.get("differs", {})
    for run, peaks in row["bytes"].items():
        for precision, measured in peaks.items():
            reason = reasons.get(f"{run}, {precision}", {"by": 0, "because": ""})
            yield Compared(
                line,
                run,
                precision,
                measured,
                predicted(line, run, precision),
                reason["by"],
                reason["because"],
            )


def predicted(line: Line, run: str, precision: str) -> int:
    """The peak of the tensors, each rounded as CUDA's allocator does; workspaces of cuBLAS are none."""
    estimate = _estimate(line.network, run, precision, line.capability)
    workspaces = (tensor for tensor in estimate.trace.tensors if tensor.category == "workspace")
    return estimate.peak(line.batch).nbytes - sum(
        tensor.nbytes(line.batch, estimate.rounding) for tensor in workspaces
    )


@lru_cache(maxsize=64)
def _estimate(network: str, run: str, precision: str, capability: str) -> Estimate:
    options = setup(run, precision, capability)
    return Estimate(_graph(network, options.mode), options)


@lru_cache(maxsize=2)
def _graph(network: str, mode: str) -> Graph:
    """A network in one mode, on one device, as it is built. Lines of one network follow one another."""
    return cnncalc.load(network, mode=mode)._replace(devices=())
