"""What a long run has passed, test by test: one that was stopped goes on where it was.

`make fuzz RECORD=fuzz.jsonl` adds a line for each test that ends, with the number of cases, the seconds, the commit and
the version of Python. A test that has passed by the file, with as many cases, is passed over, and the summary says so.
One that has failed is there with its report at once, hours before the end of the run, and is run again by the next.
"""

import json
import os
import platform
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CASES = int(os.environ.get("CNNCALC_FUZZ_CASES", "0"))
FILE = os.environ.get("CNNCALC_FUZZ_RECORD", "")


def configure(config: pytest.Config) -> None:
    """Take part in the run, where a file is named."""
    if FILE:
        config.pluginmanager.register(Passed(_lines(), Path(FILE)), "passed")


def _lines() -> list[dict[str, Any]]:
    path = Path(FILE)
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Passed:
    """Leaves out what `lines` have with as many cases, and adds the others to the file as they end."""

    def __init__(self, lines: list[dict[str, Any]], path: Path) -> None:
        self.lines = {
            line["test"]: line for line in lines if line["outcome"] == "passed" and line["cases"] >= CASES
        }
        self.path = path
        self.commit = _commit()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Every process leaves out the same tests: the file is read before the first of them ends."""
        over = [item for item in items if item.nodeid in self.lines]
        if over:
            config.hook.pytest_deselected(items=over)
            items[:] = [item for item in items if item.nodeid not in self.lines]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of several processes the one that has been started by hand writes."""
        if "PYTEST_XDIST_WORKER" in os.environ or (report.when != "call" and not report.failed):
            return
        line = {
            "test": report.nodeid, "outcome": report.outcome, "cases": CASES, "seconds": round(report.duration, 1),
            "commit": self.commit, "python": platform.python_version(),
        }  # fmt: skip
        if report.failed:
            line["report"] = report.longreprtext
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """How many tests were passed over, and of which commits they are."""
        commits = Counter(line["commit"] for line in self.lines.values())
        for commit, count in commits.items():
            terminalreporter.write_line(
                f"{count} tests passed at {commit} by {self.path}, and were not run again"
            )


def _commit() -> str:
    """The commit that is tested, with a plus where files differ from it."""
    said = subprocess.run(
        ("git", "describe", "--always", "--dirty=+", "--abbrev=9", "--exclude=*"),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return said.stdout.strip() or "unknown"
