"""The record that is committed, and the page made from it."""

import json
from pathlib import Path

import pytest

from benchmarks._bench import Figure
from benchmarks._record import NAMES, PAGE, RECORD, Record, Result, from_json, to_json, to_page, write
from benchmarks._row import Row, at_least, at_most, ratio_at_most

ROWS = (
    Row("the floor", "ms", Figure(80.0, 79.0, 99.0, 21)),
    Row("a | b", "ms", Figure(100.0, 90.0, 120.0, 21), "the floor", 80.0, ratio_at_most(1.3)),
    Row("slow", "s", Figure(3.14159, 3.0, 12.0, 7), target=at_most(3)),
    Row("rate", "layers/s", Figure(16123.4, 15000.0, 17000.0, 7), target=at_least(15_000)),
    Row("rate, too low", "layers/s", Figure(14999.0, 1.0, 17000.0, 7), target=at_least(15_000)),
)
SAMPLE = Record({"python": "CPython 3.11"}, (Result("one", "One: a title", "What is measured.", ROWS),))


def test_what_holds() -> None:
    assert [row.holds for row in ROWS] == [None, True, False, True, False]
    assert ROWS[1].ratio == pytest.approx(1.25)
    assert not SAMPLE.holds
    assert Record({}, (Result("one", "One", "", ROWS[:2]),)).holds


def test_a_record_survives_json() -> None:
    assert from_json(to_json(SAMPLE)) == SAMPLE


def test_a_benchmark_can_be_measured_again_alone() -> None:
    other = Result("two", "Two: a title", "What else is measured.", ROWS[:1])
    later = Record({"python": "CPython 3.12"}, (Result("one", "One: a title", "Again.", ROWS[:1]),))
    merged = Record(SAMPLE.environment, (*SAMPLE.results, other)).with_later(later)
    assert merged.environment == SAMPLE.environment
    assert [(result.name, result.about, result.environment) for result in merged.results] == [
        ("one", "Again.", {"python": "CPython 3.12"}),
        ("two", "What else is measured.", None),
    ]
    assert from_json(to_json(merged)) == merged
    assert "Measured later than the rest:\n\n| made with |" in to_page(merged)
    assert "Measured later" not in to_page(SAMPLE)


def test_the_page_has_every_figure() -> None:
    page = to_page(SAMPLE)
    assert "## One: a title\n\nWhat is measured.\n\n| what |" in page
    assert "| python | CPython 3.11 |" in page
    assert r"| a \| b | 100 ms | 90.0–120 | 21 | the floor (80.0 ms) | 1.25x | at most 1.3x | yes |" in page
    assert "| slow | 3.14 s | 3.00–12.0 | 7 |  |  | at most 3 s | NO |" in page
    assert "| rate | 16,123 layers/s | 15,000–17,000 | 7 |  |  | at least 15,000 layers/s | yes |" in page


def test_both_are_written(tmp_path: Path) -> None:
    record, page = tmp_path / "results" / "performance.json", tmp_path / "performance.md"
    write(SAMPLE, record, page)
    assert from_json(record.read_text(encoding="utf-8")) == SAMPLE
    assert page.read_text(encoding="utf-8") == to_page(SAMPLE)


def test_the_page_is_of_the_record() -> None:
    assert PAGE.read_text(encoding="utf-8") == to_page(from_json(RECORD.read_text(encoding="utf-8")))


def test_the_record_is_of_every_benchmark_and_says_what_made_it() -> None:
    data = json.loads(RECORD.read_text(encoding="utf-8"))
    assert [entry["name"] for entry in data["benchmarks"]] == list(NAMES)
    assert data["made"].keys() >= {"processor", "cores", "system", "python", "libraries", "cnncalc", "date"}
    assert all(data["made"].values())
    for entry in data["benchmarks"]:
        for row in entry["rows"]:
            assert row["low"] <= row["median"] <= row["high"]
            assert row["runs"] >= 3
            if row["ratio"] is not None:
                assert row["ratio"] == pytest.approx(row["median"] / row["floor"])
