"""A crash, a case without end, or the end of the time: each is said, and what comes after is measured all the same."""

import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks._gpu import supervisor
from benchmarks._gpu.plan import GpuCase
from benchmarks._gpu.supervisor import NoDevice, OtherDevice, Worker, supervise

# Answers like a worker: it ends at "crash", and does not answer to "hang".
PROGRAM = """
import json, os, sys, time
print(json.dumps({"device": "Some-1"}), flush=True)
for line in sys.stdin:
    kind = json.loads(line)["kind"]
    if kind == "crash":
        os._exit(3)
    if kind == "hang":
        time.sleep(600)
    print(json.dumps({"error": "CUDA error: x"} if kind == "broken" else {"measured": {"kind": kind}}), flush=True)
"""


@pytest.fixture(autouse=True)
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, encoding="utf-8")

    class Other(Worker):
        def __init__(self, device: str, seconds: float) -> None:
            super().__init__(device, seconds, (sys.executable, str(file)))

    monkeypatch.setattr(supervisor, "Worker", Other)


def run(
    *kinds: str, seconds: float = 60, limit: int = 30, done: tuple[dict[str, Any], ...] = ()
) -> tuple[list[dict[str, Any]], list[str]]:
    lines: list[dict[str, Any]] = []
    left = supervise(
        [GpuCase(kind, {}, limit) for kind in kinds],
        device="cuda",
        deadline=time.monotonic() + seconds,
        done=done,
        write=lines.append,
    )
    return lines, left


def test_a_line_has_its_case_and_its_device() -> None:
    assert run("first") == (
        [{"case": "first", "key": "first", "device": "Some-1", "measured": {"kind": "first"}}],
        [],
    )


def test_after_a_crash_another_process_goes_on() -> None:
    lines, left = run("crash", "broken", "after")
    assert [line.get("error") for line in lines] == [
        "the process ended with status 3",
        "CUDA error: x",
        None,
    ]
    assert left == []


def test_a_case_that_does_not_end_is_stopped() -> None:
    lines, left = run("hang", "after", limit=1)
    assert [line.get("error") for line in lines] == ["too slow", None]
    assert left == []


def test_what_the_time_does_not_suffice_for_is_left_out() -> None:
    assert run("hang", "after", seconds=3) == ([], ["hang", "after"])


def test_what_is_done_is_not_measured_again() -> None:
    done = ({"case": "first", "key": "first", "device": "Some-1"}, {"case": "end", "device": "Some-1"})
    lines, _ = run("first", "second", done=done)
    assert [line["key"] for line in lines] == ["second"]


def test_a_record_is_of_one_device() -> None:
    with pytest.raises(OtherDevice, match="the record is of Other-2, and this is Some-1"):
        run("second", done=({"case": "first", "key": "first", "device": "Other-2"},))


def test_without_a_device_nothing_is_measured(tmp_path: Path) -> None:
    file = tmp_path / "none.py"
    file.write_text("print('{\"device\": null}')", encoding="utf-8")
    with pytest.raises(NoDevice, match="no CUDA device is available"):
        Worker("cuda", 30, (sys.executable, str(file)))
