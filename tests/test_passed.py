"""A long run goes on where it was stopped: what has passed is passed over, what failed is run again."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import _passed
from tests._passed import Passed


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the process that was started by hand, with 100 cases."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setattr(_passed, "CASES", 100)


def line(test: str, *, outcome: str = "passed", cases: int = 100) -> dict[str, Any]:
    return {"test": test, "outcome": outcome, "cases": cases, "commit": "abc"}


def left(lines: list[dict[str, Any]], *tests: str) -> list[str]:
    """The tests that are run, of these."""
    passed_over: list[Any] = []
    hook = SimpleNamespace(pytest_deselected=lambda items: passed_over.extend(items))
    items: list[Any] = [SimpleNamespace(nodeid=test) for test in tests]
    Passed(lines, Path("unused")).pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)  # type: ignore[arg-type]
    assert len(items) + len(passed_over) == len(tests)
    return [item.nodeid for item in items]


def test_what_passed_with_as_many_cases_is_passed_over() -> None:
    assert left([line("a"), line("b", cases=99), line("c", cases=101)], "a", "b", "c", "d") == ["b", "d"]


def test_what_failed_is_run_again() -> None:
    assert left([line("a", outcome="failed")], "a") == ["a"]


def report(outcome: str, when: str = "call") -> Any:
    return SimpleNamespace(
        nodeid="a", outcome=outcome, when=when, duration=1.26, longreprtext="why",
        failed=outcome == "failed", passed=outcome == "passed",
    )  # fmt: skip


def test_each_test_that_ends_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    passed = Passed([], path)
    for item in (report("passed", "setup"), report("passed"), report("failed", "setup"), report("failed")):
        passed.pytest_runtest_logreport(item)
    written = [json.loads(text) for text in path.read_text().splitlines()]
    assert [(item["outcome"], item.get("report")) for item in written] == [
        ("passed", None), ("failed", "why"), ("failed", "why"),
    ]  # fmt: skip
    assert (written[0]["test"], written[0]["cases"], written[0]["seconds"]) == ("a", 100, 1.3)


def test_only_one_of_several_processes_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    Passed([], tmp_path / "record.jsonl").pytest_runtest_logreport(report("passed"))
    assert not list(tmp_path.iterdir())


def test_the_summary_says_what_was_not_run_again() -> None:
    said: list[str] = []
    Passed([line("a"), line("b")], Path("r")).pytest_terminal_summary(SimpleNamespace(write_line=said.append))
    assert said == ["2 tests passed at abc by r, and were not run again"]
