"""Measure memory and speed on a GPU in six minutes, a line at a time: `python -m benchmarks.gpu`.

Writes benchmarks/results/gpu.jsonl: a JSON line after each case, so that what was measured is kept however the run
ends. A second run with the same file goes on. `--summary FILE` compares a record with the figures of this cnncalc.
It needs a GPU, Python 3.11, PyTorch 2.4 or later and this checkout, and nothing else; the summary needs no PyTorch.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks._bench import ROOT
from benchmarks._gpu.plan import plan
from benchmarks._gpu.supervisor import NoDevice, OtherDevice, supervise

RECORD = ROOT / "benchmarks" / "results" / "gpu.jsonl"
# All that are committed: a record of another GPU has another name.
RECORDS = sorted(RECORD.parent.glob("gpu*.jsonl"))
# Seconds that are kept to stop the process and to write the last line.
TO_STOP = 5


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of a record; of a line that was cut short nothing is left."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:
            continue
    return lines


def add_line(path: Path, line: dict[str, Any]) -> None:
    """Write a line at the end of a record; one that was cut short before stays a line of its own."""
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            file.write(b"" if file.read(1) == b"\n" else b"\n")
        file.write(f"{json.dumps(line)}\n".encode())


def measure(path: Path, device: str, minutes: float, only: Sequence[str], *, dry: bool) -> int:
    """Measure what the record does not have yet; returns the exit status."""
    begun = time.monotonic()

    def write(line: dict[str, Any]) -> None:
        add_line(path, line | ({"dry": True} if dry else {}))
        print(
            f"{time.monotonic() - begun:6.1f} s  {line.get('key', line['case'])}  {line.get('error', '')}",
            flush=True,
        )

    cases = [case for case in plan(tiny=dry) if not only or case.kind in only]
    try:
        left = supervise(
            cases, device=device, deadline=begun + 60 * minutes - TO_STOP, done=lines_of(path), write=write
        )
    except (NoDevice, OtherDevice) as error:
        print(f"error: {error}, so there is nothing to record", file=sys.stderr)
        return 2
    name = next((line["device"] for line in lines_of(path)), device)
    seconds = round(time.monotonic() - begun, 1)
    write({"case": "end", "device": name, "seconds": seconds, "left_out": left})
    if left:
        print(f"left out for want of time: {len(left)}; the same command goes on with them")
    return 0


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "file", nargs="?", type=Path, help="the record (default: benchmarks/results/gpu.jsonl)"
    )
    parser.add_argument("--minutes", type=float, default=6, help="stop before that (default: 6)")
    parser.add_argument(
        "--only", default="", metavar="KIND,...", help="kinds of cases to measure (default: all)"
    )
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument(
        "--dry", action="store_true", help="with --device cpu: run every kind of case once, on small networks"
    )
    parser.add_argument(
        "--summary", action="store_true", help="compare a record with the figures of this cnncalc"
    )
    chosen = parser.parse_args(given)
    if chosen.dry != (chosen.device == "cpu"):
        parser.error("--dry and --device cpu belong together: a CPU has no figures to record")
    if chosen.dry and not chosen.file:
        parser.error("a dry run needs a FILE of its own")
    chosen.only = [name for name in chosen.only.split(",") if name]
    unknown = set(chosen.only) - {case.kind for case in plan()}
    if unknown:
        parser.error(f"unknown kind of case: {', '.join(sorted(unknown))}")
    return chosen


def main(given: Sequence[str] | None = None) -> int:
    """Exit status: 2 where nothing can be measured."""
    chosen = arguments(given)
    path: Path = chosen.file or RECORD
    if chosen.summary:
        from benchmarks._gpu.summary import summary

        if not path.exists():
            print(f"error: there is no record {path}", file=sys.stderr)
            return 2
        print(summary(lines_of(path)))
        return 0
    return measure(path, chosen.device, chosen.minutes, chosen.only, dry=chosen.dry)


if __name__ == "__main__":
    sys.exit(main())
