"""The record of fake CUDA devices: every figure is what is predicted now, or a line of the record says why not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.fake_cuda import record
from benchmarks.fake_cuda.cases import (
    ATTENDING,
    BATCH,
    CAPABILITIES,
    FIRST,
    PRECISIONS,
    RUNS,
    TWELVE,
    Line,
    lines,
)
from benchmarks.fake_cuda.record import Compared, compared
from cnncalc import zoo
from tests._depth import NETWORKS, long_but

ROWS = record.read()


def figures(network: str) -> Iterator[Compared]:
    """Every figure of a network, those of one graph after another."""
    for line in sorted(line for line in ROWS if line.network == network):
        yield from compared(line, ROWS[line])


@pytest.mark.parametrize("network", long_but(NETWORKS, sorted({line.network for line in ROWS})))
def test_every_figure_is_predicted_or_explained(network: str) -> None:
    """To the byte. What differs by another number than the explained one is wrong too, and so is what agrees again."""
    wrong = {
        f"batch {figure.line.batch}, {figure.line.capability}, {figure.run}, {figure.precision}": figure.off
        for figure in figures(network)
        if figure.off != figure.explained
    }
    assert not wrong


def test_the_record_has_only_what_is_measured_and_whole_rows() -> None:
    assert set(ROWS) <= set(lines())
    for line, row in ROWS.items():
        assert set(row["bytes"]) == set(RUNS), line
        assert all(set(peaks) == set(PRECISIONS) for peaks in row["bytes"].values()), line


def test_what_is_measured() -> None:
    """Every network once; twelve, and two with attention, at another batch for all capabilities."""
    wanted = set(lines())
    assert {line.network for line in wanted if line[1:] == FIRST} == set(zoo.names())
    more = {line.network for line in wanted if line.batch == BATCH}
    assert set(TWELVE) < more
    assert set(ATTENDING) < more
    assert all(Line(name, BATCH, capability) in wanted for name in more for capability in CAPABILITIES)


def test_every_row_says_what_made_it_and_every_difference_why() -> None:
    for line, row in ROWS.items():
        assert all(f"{name} " in row["made"] for name in ("torch", "CUDA", "cuDNN", "cnncalc")), line
        for case, difference in row.get("differs", {}).items():
            run, _, precision = case.partition(", ")
            assert row["bytes"][run][precision]
            assert difference["by"]
            assert "\n" not in difference["because"]
            assert difference["because"].strip()


def test_a_wrong_figure_shows(tmp_path: Path) -> None:
    """In a record that says more than what is allocated; until its difference is explained."""
    path = tmp_path / "record.jsonl"
    line = Line("lenet5", *FIRST)
    row: dict[str, Any] = json.loads(json.dumps(ROWS[line]))
    row["bytes"]["inference"]["float32"] += 512
    record.append(row, path)
    (wrong,) = (
        figure for figure in compared(line, record.read(path)[line]) if figure.off != figure.explained
    )
    assert (wrong.run, wrong.precision, wrong.off) == ("inference", "float32", -512)
    row["differs"] = {"inference, float32": {"by": -512, "because": "a test"}}
    record.append(row, path)
    read = record.read(path)
    assert len(read) == 1
    assert all(figure.off == figure.explained for figure in compared(line, read[line]))
