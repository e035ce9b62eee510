"""The table of what was measured on fake CUDA devices: how many figures are to the byte, and which are not, and why."""

from collections.abc import Iterator
from typing import Any

from benchmarks.fake_cuda import record
from benchmarks.fake_cuda.cases import BATCH, FIRST, PRECISIONS, RUNS, lines

TITLES = {"inference": "inference", "sgd": "training, sgd with momentum", "adam": "training, adam"}


def agreed() -> str:
    """For each run, by type: figures that are as predicted, of how many. (The tests hold every row to that.)"""
    rows = list(record.read().values())
    lines = [
        f"| run | {' | '.join(PRECISIONS)} |",
        f"|:---|{'---:|' * len(PRECISIONS)}",
    ]
    for run in RUNS:
        cells = []
        for precision in PRECISIONS:
            differ = sum(f"{run}, {precision}" in row.get("differs", {}) for row in rows)
            cells.append(f"{len(rows) - differ} of {len(rows)}")
        lines.append(f"| {TITLES[run]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def measured() -> str:
    """How much of what is to be measured is in the record."""
    rows, wanted = record.read(), list(lines())
    first = [line for line in wanted if line[1:] == FIRST]
    more = [line for line in wanted if line[1:] != FIRST]
    return (
        f"In the record are {sum(line in rows for line in first)} of {len(first)} networks at batch {FIRST[0]}, and "
        f"{sum(line in rows for line in more)} of {len(more)} networks and capabilities at batch {BATCH}. "
        "The command goes on where it stopped."
    )


def explained() -> str:
    """What differs: how many figures, by how much at most, and why; by the explanation."""
    reasons: dict[str, list[float]] = {}
    for row in record.read().values():
        for case, difference in row.get("differs", {}).items():
            run, _, precision = case.partition(", ")
            part = difference["by"] / row["bytes"][run][precision]
            reasons.setdefault(difference["because"], []).append(part)
    if not reasons:
        return "No figure differs."
    return "\n".join(
        (
            "| figures | largest difference | why |",
            "|---:|---:|:---|",
            *(f"| {len(parts)} | {max(parts, key=abs):+.4%} | {why} |" for why, parts in reasons.items()),
        )
    )


def makers() -> str:
    """What made the rows."""
    rows = list(record.read().values())
    texts = sorted({row["made"] for row in rows})
    return "\n".join(("| made with | networks and batches |", "|:---|---:|", *_counted(rows, texts)))


def _counted(rows: list[dict[str, Any]], texts: list[str]) -> Iterator[str]:
    for maker in texts:
        yield f"| {maker} | {sum(row['made'] == maker for row in rows)} |"
