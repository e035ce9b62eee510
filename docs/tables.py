"""Tables in hand-written pages that are made from committed records: `<!-- table: NAME -->`."""

import json
from collections.abc import Callable
from functools import cache
from statistics import median
from typing import Any

from benchmarks import claims, published
from benchmarks.record_memory import RECORD, error
from cnncalc.vocabulary.torch_versions import all_changes, written
from docs import beside_netron
from docs.claims import printed_elsewhere
from docs.fake_cuda_record import agreed, explained, makers, measured
from docs.floors import drawn, groups, rooms_of_memory
from docs.gpu_record import measured_on_gpus, verified_on_gpus


@cache
def _tracked() -> dict[str, Any]:
    """The record of PyTorch's tracker, and how far the predictions of now are off (`error`)."""
    data: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    for row in data["cases"]:
        row["error"] = error(row)
    return data


def memory_errors() -> str:
    """How far peaks are off, over all cases of a kind: cnncalc's and torchinfo's."""
    record = _tracked()
    lines = [
        "| run | cases | cnncalc: exact | median error | largest error | torchinfo: median error | largest error |",
        "|:---|---:|---:|---:|---:|---:|---:|",
    ]
    for title, chosen in _kinds(record["cases"]):
        ours = [abs(row["error"]) for row in chosen]
        theirs = [abs(row["torchinfo"] / row["measured"] - 1) for row in chosen]
        exact = ours.count(0)
        lines.append(
            f"| {title} | {len(chosen)} | {exact} | {median(ours):.4%} | {max(ours):.4%} "
            f"| {median(theirs):.1%} | {max(theirs):.1%} |"
        )
    return "\n".join(lines)


def memory_networks() -> str:
    """Every network at batch 32: peaks in MiB, and the errors of all of its cases."""
    record = _tracked()
    lines = [
        "| network | inference | sgd, momentum | adam | largest error | torchinfo, sgd |",
        "|:---|---:|---:|---:|---:|---:|",
    ]
    by_spec: dict[str, list[dict[str, Any]]] = {}
    for row in record["cases"]:
        by_spec.setdefault(row["spec"], []).append(row)
    for spec, rows in by_spec.items():
        large = {row["optimizer"]: row for row in rows if row["batch"] == 32}
        shown = " | ".join(f"{large[name]['measured'] / 2**20:,.2f}" for name in ("", "sgd", "adam"))
        off = max((row["error"] for row in rows), key=abs)
        theirs = large["sgd"]["torchinfo"] / large["sgd"]["measured"] - 1
        lines.append(f"| {spec} | {shown} | {'0' if not off else f'{off:+.4%}'} | {theirs:+.1%} |")
    return "\n".join(lines)


def memory_made() -> str:
    """What made the record."""
    versions = _tracked()["made"]
    again: dict[str, list[str]] = {}
    for spec, made_by in _tracked().get("again", {}).items():
        again.setdefault(made_by, []).append(spec)
    later = (
        f"| measured later: {', '.join(specs)} | cnncalc {made_by} |" for made_by, specs in again.items()
    )
    facts = (f"| {name} | {value} |" for name, value in versions.items())
    return "\n".join(("| made with |  |", "|:---|:---|", *facts, *later))


def torch_versions() -> str:
    """What earlier versions of PyTorch did otherwise, the oldest change first."""
    rows = (
        f"| {written(fact.version)} | {fact.now} | {fact.before} | {fact.source} |" for fact in all_changes()
    )
    return "\n".join(("| since | now | before | source |", "|:---|:---|:---|:---|", *rows))


def _kinds(cases: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    kinds = [("inference", ""), ("training, sgd with momentum", "sgd"), ("training, adam", "adam")]
    groups = [(title, [row for row in cases if row["optimizer"] == optimizer]) for title, optimizer in kinds]
    return [*groups, ("all", cases)]


TABLES: dict[str, Callable[[], str]] = {
    "claims": printed_elsewhere,
    "fake-cuda": agreed,
    "fake-cuda-differs": explained,
    "fake-cuda-made": makers,
    "fake-cuda-measured": measured,
    "floors": drawn,
    "gpu": measured_on_gpus,
    "gpu-verified": verified_on_gpus,
    "memory-rooms": rooms_of_memory,
    "groups": groups,
    "memory-claims": lambda: claims.table(claims.kept()),
    "memory-published": published.table,
    "memory-errors": memory_errors,
    "memory-networks": memory_networks,
    "memory-made": memory_made,
    "torch-versions": torch_versions,
    "netron-sizes": beside_netron.sizes,
}
