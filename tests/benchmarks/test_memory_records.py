"""Records of memory: the predictions of now against what was measured then."""

import json
from statistics import median

import pytest

from benchmarks import record_memory
from benchmarks._step import OPTIMIZERS
from tests._depth import DEEP, NETWORKS


@pytest.fixture(scope="module")
def tracked() -> dict[str, object]:
    data: dict[str, object] = json.loads(record_memory.RECORD.read_text(encoding="utf-8"))
    return data


def test_the_tracker_s_record_has_the_whole_matrix(tracked: dict[str, list[dict[str, object]]]) -> None:
    rows = tracked["cases"]
    specs = {row["spec"] for row in rows}
    assert len(specs) >= 40
    assert specs == set(record_memory.SPECS)
    assert {row["batch"] for row in rows} == set(record_memory.BATCHES)
    assert {row["optimizer"] for row in rows} == {"", *OPTIMIZERS}
    assert len(rows) == len(specs) * len(record_memory.BATCHES) * (1 + len(OPTIMIZERS))


@pytest.mark.fuzz
def test_predictions_are_the_tracker_s(tracked: dict[str, list[dict[str, object]]]) -> None:
    """Of every network in `make test-all`."""
    rows = [row for row in tracked["cases"] if DEEP or row["spec"] in NETWORKS]
    off = {str(row): abs(record_memory.error(row)) for row in rows}
    assert median(off.values()) <= 0.003
    assert not {case: error for case, error in off.items() if error > 0.02}


def test_networks_can_be_measured_again_alone() -> None:
    def row(spec: str, measured: int) -> dict[str, object]:
        return {"spec": spec, "mode": "inference", "optimizer": "", "batch": 8, "measured": measured}

    record = {"made": {}, "cases": [row("a", 1), row("b", 2)]}
    later = {"made": {"cnncalc": "0.1.0, commit c", "date": "2026-01-02"}, "cases": [row("b", 3)]}
    assert record_memory.with_later(record, later) == {
        "made": {},
        "cases": [row("a", 1), row("b", 3)],
        "again": {"b": "0.1.0, commit c, 2026-01-02"},
    }
