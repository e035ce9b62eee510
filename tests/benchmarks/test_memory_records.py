"""Records of memory: the predictions of now against what was measured then."""

import json
import subprocess
import sys
from statistics import median
from types import ModuleType

import pytest

import cnncalc
from benchmarks import gpu_memory, record_memory
from benchmarks._bench import ROOT
from benchmarks._step import OPTIMIZERS, Case
from tests._depth import DEEP, NETWORKS

PAGE = (ROOT / "docs" / "memory.md").read_text(encoding="utf-8")
GPU = sorted(record_memory.RECORD.parent.glob("memory-*.json"))
GPU = [file for file in GPU if file != record_memory.RECORD]
NONE_YET = "**None is committed yet**"


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


def test_the_page_says_whether_a_gpu_was_measured() -> None:
    assert (NONE_YET in PAGE) == (not GPU)


def test_predictions_are_a_gpu_s() -> None:
    """Of every record that is committed; where there is none, the page says so (see above)."""
    for file in GPU:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert gpu_memory.path(data) == file
        off = [abs(error) for error in gpu_memory.errors(data)]
        assert median(off) <= 0.01, file.name
        assert max(off) <= 0.05, file.name


@pytest.mark.long
def test_without_a_gpu_nothing_is_written(torch: ModuleType) -> None:
    if torch.cuda.is_available():
        return
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu_memory"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no CUDA device is available, so there is nothing to record\n"


def test_an_error_is_reported_where_there_is_one() -> None:
    """What the test of a GPU's record rests on: a wrong figure in a record shows."""
    row = {"spec": "lenet5", "mode": "inference", "optimizer": "", "batch": 8}
    prediction = gpu_memory.predicted(cnncalc.load("lenet5"), Case("lenet5", "inference", "", 8), (8, 0))
    wrong = {"allocated": prediction["allocated"] * 2, "reserved": prediction["reserved"]}
    for measured, error in ((prediction, 0.0), (wrong, -0.5)):
        cases = [{**row, "measured": {"benchmark_off": measured, "benchmark_on": None}}]
        assert gpu_memory.errors({"made": {"capability": [8, 0]}, "cases": cases}) == [error]
