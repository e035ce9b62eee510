"""Records of verifications on a GPU hold no mismatch. None is committed yet, and the page says so."""

import copy
import json
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from benchmarks._bench import ROOT
from benchmarks.gpu_verify import RESULTS, mismatches, path
from tests.commands._program import run

RECORDS = sorted(RESULTS.glob("verify-*.json"))
NONE_YET = "**None is committed yet**"


def test_the_page_says_whether_there_is_a_record() -> None:
    """Not skipped where there is none: then the claim must be that nothing was measured on a GPU."""
    page = (ROOT / "docs" / "pytorch.md").read_text(encoding="utf-8")
    assert (NONE_YET in page) == (not RECORDS)


def test_no_committed_record_holds_a_mismatch() -> None:
    for file in RECORDS:
        data = json.loads(file.read_text(encoding="utf-8"))
        assert list(mismatches(data)) == [], file.name
        assert data["made"].keys() >= {"device", "driver", "torch", "cudnn", "cnncalc", "date"}
        assert path(data) == file
        assert data["verify"]["specs"]
        assert all(spec["device"] == "cuda" and spec["training"] for spec in data["verify"]["specs"])


@pytest.fixture(scope="module")
def verified(torch: ModuleType) -> str:
    """What `verify` prints of one small spec on the CPU."""
    ended = run("verify", "lenet5", "--training", "--device", "cpu", "--format", "json")
    assert ended.status == 0, ended.err
    return ended.out


@pytest.fixture
def sample(verified: str) -> dict[str, Any]:
    """What a record of that spec looks like; it is kept nowhere."""
    return {
        "version": 1,
        "made": {"device": "NVIDIA Some-1 80GB"},
        "verify": {"specs": [json.loads(verified)]},
    }


def test_a_mismatch_in_a_record_is_found(sample: dict[str, Any]) -> None:
    assert list(mismatches(sample)) == []
    spec = sample["verify"]["specs"][0]
    for figure in (spec["totals"][3], spec["layers"][2]["figures"][0]):
        before = copy.deepcopy(figure)
        figure |= {"actual": 1, "ok": False}
        (mismatch,) = mismatches(sample)
        assert f"{before['what']}: {before['predicted']} predicted, 1 measured" in mismatch
        figure |= before
    sample["verify"]["specs"].append({"name": "large", "ok": False, "error": "too large", "diagnostics": []})
    assert list(mismatches(sample)) == ["large: too large"]


def test_a_record_is_named_after_its_device(sample: dict[str, Any]) -> None:
    assert path(sample) == RESULTS / "verify-nvidia-some-1-80gb.json"


@pytest.mark.long
def test_without_a_gpu_nothing_is_written(torch: ModuleType) -> None:
    if torch.cuda.is_available():
        return
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.gpu_verify"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no CUDA device is available, so there is nothing to record\n"
    assert sorted(RESULTS.glob("verify-*.json")) == RECORDS
