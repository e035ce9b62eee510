"""The table of what was compared: each row is what its record and the predictions of now say."""

import json
from pathlib import Path

import pytest

from benchmarks import claims, gpu, record_modules
from benchmarks.claims import Claim, of_errors
from benchmarks.fake_cuda import record as fake
from benchmarks.fake_cuda.cases import Line
from cnncalc import zoo
from tests._depth import DEEP


def test_a_row_counts_what_agrees() -> None:
    row = of_errors("networks", "a tracker", [("a", 0.0), ("b", -0.004), ("c", 0.02)], "record.json")
    assert row == Claim("networks", "a tracker", 3, 1, 2, "+2.00%, c", "record.json")
    assert of_errors("networks", "a tracker", [("a", 0.0)], "record.json").worst == "0"


def test_the_table_leaves_out_what_was_not_counted() -> None:
    rows = [
        Claim("networks", "a GPU", 0, None, None, "", "none"),
        Claim("all", "x", 2000, 1999, 2000, "0", "y"),
    ]
    assert claims.table(rows).splitlines()[2:] == [
        "| networks | a GPU | 0 |  |  |  | none |",
        "| all | x | 2,000 | 1,999 | 2,000 | 0 | y |",
    ]


@pytest.mark.long
def test_the_rows_are_those_of_now() -> None:
    assert claims.kept() == claims.claims()


def test_without_a_record_of_a_gpu_a_row_says_so() -> None:
    if not gpu.RECORDS:
        assert claims.kept()[-1] == Claim(
            "twelve networks", "a GPU", 0, None, None, "", "none is committed yet"
        )


def test_fake_cuda_s_differences_are_counted_with_those_that_are_explained(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of a row that is made up here."""
    line = Line("lenet5", 8, "8.0")
    exact, half = (fake.predicted(line, run, "float32") for run in ("inference", "sgd"))
    row = {
        "made": "torch 2.11.0, CUDA 13",
        "bytes": {
            "inference": {"float32": exact},
            "sgd": {"float32": 2 * half},
        },
        "differs": {"sgd, float32": {"by": -half, "because": "made up"}},
    }
    monkeypatch.setattr(fake, "read", lambda: {line: row})
    assert list(claims._fake_cuda()) == [
        Claim(
            "networks as cnncalc builds them, float32",
            "MemTracker, CUDA's kernels",
            2,
            1,
            1,
            "-50.00%, lenet5, sgd, 8.0",
            "fake-cuda.jsonl: torch 2.11.0; of those that differ, it explains 1",
        )
    ]


def test_batches_of_others_are_counted_over_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a record that is made up here."""
    monkeypatch.setattr(claims, "BATCHES", tmp_path / "batches.json")
    assert list(claims._batches()) == []
    answers = {"safe": {"given": {"right": 3, "of": 3}, "next": {"right": 1, "of": 2}}, "optimistic": {}}
    files = {f"a-train-{number}.csv": {"zoo": answers, "imported": answers} for number in (1, 2)}
    made_by = {"date": "2026-01-02"}
    claims.BATCHES.write_text(json.dumps({"made": made_by, "files": files}), encoding="utf-8")
    record = "batches.json: 2026-01-02"
    assert list(claims._batches()) == [
        Claim("batches that ran, training", "GPUs of others", 12, None, 12, "0", record),
        Claim("the next larger ones, training", "GPUs of others", 8, None, 4, "4 of 8 wrong", record),
    ]


def test_random_networks_are_counted_from_the_fuzz_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = {"test": f"{claims.RANDOM}0]", "outcome": "passed", "cases": 20000, "commit": "abc"}
    lines = [line, {**line, "outcome": "failed"}, {**line, "test": "tests/other.py::test", "cases": 9}]
    file = tmp_path / "fuzz.jsonl"
    file.write_text("".join(f"{json.dumps(entry)}\n" for entry in lines), encoding="utf-8")
    monkeypatch.setattr(claims, "FUZZED", file)
    row, later = claims._random()
    assert (later.cases, later.exact) == (400, 399)
    assert (row.cases, row.exact, row.record) == (250, 250, "fuzz.jsonl: commits abc")


def test_modules_are_those_that_the_zoo_shares() -> None:
    lines = record_modules.lines()
    cases = {(line["spec"], line["mode"]) for line in lines}
    assert len(cases) == len(lines)
    assert cases == {(spec, mode) for spec in zoo.twins() for mode in record_modules.MODES}


def test_a_module_of_torchvision_is_measured(torch: object) -> None:
    """The record is what is measured now: of small networks in `make test`, of some more in `make test-all`."""
    known = {(line["spec"], line["mode"]): line["measured"] for line in record_modules.lines()}
    names = ("squeezenet1_1", "mobilenet_v3_small", "regnet_x_400mf") if DEEP else ("squeezenet1_1",)
    for case in record_modules.cases():
        if case.spec in names:
            assert record_modules.measured(torch, case) == known[case.spec, case.mode]
