"""Runs the cases in a process of their own, and writes a line after each: a crash, or a limit, is a line too."""

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import IO, Any

from benchmarks._gpu.plan import GpuCase

ROOT = Path(__file__).resolve().parents[2]
# Seconds until PyTorch is imported and the device is known, at most.
START = 120
COMMAND = (sys.executable, "-m", "benchmarks._gpu.worker")
# Less than this is not worth a case.
LEAST = 2.0


class NoDevice(Exception):
    """There is no GPU, or the process that should use it does not start."""


class OtherDevice(Exception):
    """The record is another device's."""


class Worker:
    """The process that measures. `device` is the name of its device. Raises `NoDevice` where it does not start."""

    def __init__(self, device: str, seconds: float = START, command: Sequence[str] = COMMAND) -> None:
        self._process = subprocess.Popen(
            [*command, device],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answers: queue.Queue[str] = queue.Queue()
        assert self._process.stdout is not None
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()
        first = self._answer(min(seconds, START))
        name = first.get("device")
        if name is None:
            self.stop()
            raise NoDevice(first.get("error", "no CUDA device is available"))
        self.device: str = name

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            self._answers.put(line)
        self._answers.put("")

    def _answer(self, seconds: float) -> dict[str, Any]:
        """The next line; an `error` where there is none in time, or the process has ended."""
        try:
            line = self._answers.get(timeout=max(seconds, 0))
        except queue.Empty:
            return {"error": "too slow", "ended": True}
        if not line:
            return {"error": f"the process ended with status {self._process.wait()}", "ended": True}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def measure(self, case: GpuCase, seconds: float) -> dict[str, Any]:
        """What came of a case; `ended` where the process can't be used any more."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"kind": case.kind, "arguments": case.arguments}) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass
        answer = self._answer(seconds)
        if "CUDA error" in answer.get("error", ""):
            answer["ended"] = True
        return answer

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


def supervise(
    cases: Sequence[GpuCase],
    *,
    device: str,
    deadline: float,
    done: Sequence[dict[str, Any]],
    write: Callable[[dict[str, Any]], None],
) -> list[str]:
    """Measure what is not `done` yet (lines of a record) until the deadline; returns the keys of what is left out.

    Raises `NoDevice`, and `OtherDevice` where the lines are of another one.
    """
    known = {line["key"] for line in done if "key" in line}
    rest = [case for case in cases if case.key not in known]
    worker: Worker | None = None
    left: list[str] = []
    try:
        for case in rest:
            if deadline - time.monotonic() < LEAST:
                left.append(case.key)
                continue
            if worker is None:
                worker = Worker(device, deadline - time.monotonic())
                _same(worker.device, done)
            remaining = deadline - time.monotonic()
            answer = worker.measure(case, min(case.limit, remaining))
            ended = answer.pop("ended", False)
            if ended:
                worker.stop()
            if answer.get("error") == "too slow" and remaining < case.limit:
                # It was not slow: the time was over.
                left.append(case.key)
            else:
                line = {"case": case.kind, "key": case.key, "device": worker.device, **case.arguments}
                write(line | answer)
            if ended:
                worker = None
    finally:
        if worker is not None:
            worker.stop()
    return left


def _same(device: str, done: Collection[dict[str, Any]]) -> None:
    others = {line["device"] for line in done if line.get("device")} - {device}
    if others:
        raise OtherDevice(f"the record is of {', '.join(sorted(others))}, and this is {device}")
