"""The answer of `fit` as JSON; all sizes are in bytes."""

from collections.abc import Iterator
from typing import Any

from cnncalc.memory import Refusal
from cnncalc.memory.advice import Answer, ModeResult, Remedied
from cnncalc.memory.report import inexact, unknown
from cnncalc.render.json_text import diagnostic, dumped, fix
from cnncalc.render.memory.words import describe_remedy


def render(answer: Answer) -> str:
    """The whole answer. `fits` is null if no batch was given and at least one image fits."""
    asked = answer.batch is not None
    content = {
        "version": 1,
        "spec": answer.graph.spec.file,
        "name": answer.graph.spec.name,
        "gpu": None if answer.gpu is None else answer.gpu.name,
        "memory_bytes": answer.memory,
        "reserve_bytes": answer.reserve,
        "usable_bytes": answer.usable,
        "context": None if answer.context is None else answer.context._asdict(),
        "training": _mode(answer, answer.modes.get("training")),
        "inference": _mode(answer, answer.modes.get("inference")),
        "fits": answer.fits if answer.modes and (asked or not answer.fits) else None,
        "remedies": [_remedy(remedy) for remedy in answer.remedies],
        "not_tried": {} if answer.case is None else answer.case.not_tried,
        "diagnostics": list(map(diagnostic, answer.diagnostics)),
    }
    return dumped(content)


def _mode(answer: Answer, result: ModeResult | None) -> dict[str, Any] | None:
    if result is None:
        return None
    need, graph = result.need, result.estimate.graph
    if result.refusal is not None:
        return _refused(result)
    least = result.optimistic or result
    peak = least.need.peak
    node = None if peak.node is None else graph.nodes[peak.node]
    totals = {"peak_bytes": peak.nbytes, "reserved_bytes": least.need.reserved}
    most = {
        "peak_bytes": max(end.peak(need.batch).nbytes for end in result.estimate.ends),
        "allocated_bytes": need.allocated,
        "reserved_bytes": need.reserved,
    }
    bounds = inexact(
        unknown(result.estimate, need.batch, answer.gpu), totals, most if least is not result else None
    )
    return {
        "batch": need.batch,
        "fits": need.fits,
        "largest_batch": result.largest,
        "peak_bytes": peak.nbytes,
        "allocated_bytes": least.need.allocated,
        "reserved_bytes": least.need.reserved,
        "most": most,
        "headroom_bytes": answer.usable - need.nbytes,
        "optimistic": {"fits": least.need.fits, "largest_batch": least.largest},
        "peak_at": {
            "phase": peak.phase,
            "layer": None if node is None else node.name,
            "line": None if node is None else graph.line(node),
        },
        "inexact": {name: status.asdict() for name, status in bounds.items()},
        "least_batch": result.estimate.least_batch,
        "refused": _reason(result.estimate.refusal(1)),
        "devices": list(_devices(answer, result)),
    }


def _devices(answer: Answer, result: ModeResult) -> Iterator[dict[str, Any]]:
    """The peak of the batch on each device of the spec, and whether it fits there."""
    for device in result.devices(answer.usable):
        headroom = answer.usable - device.need.nbytes
        yield {
            "name": device.name,
            "fits": device.need.fits,
            "peak_bytes": device.need.peak.nbytes,
            "reserved_bytes": device.need.reserved,
            "headroom_bytes": headroom,
        }


def _refused(result: ModeResult) -> dict[str, Any]:
    """A batch that PyTorch refuses: it has no memory figures."""
    figures = "peak_bytes allocated_bytes reserved_bytes most headroom_bytes optimistic peak_at"
    unknown = dict.fromkeys(figures.split())
    return {
        "batch": result.need.batch,
        "fits": False,
        "largest_batch": result.largest,
        **unknown,
        "inexact": {},
        "least_batch": result.estimate.least_batch,
        "refused": _reason(result.refusal),
        "devices": [],
    }


def _reason(refusal: Refusal | None) -> dict[str, Any] | None:
    return None if refusal is None else refusal.asdict()


def _remedy(remedy: Remedied) -> dict[str, Any]:
    name, changes_network, outcome, harm = remedy.suggestion
    way, need, words = outcome.way, outcome.need, describe_remedy(outcome.way.change)
    content = {
        "name": name,
        "title": words.title,
        "changes_network": changes_network,
        "harm": harm.name.lower(),
        "risk": words.risk or None,
        "options": words.options or None,
        "batch": way.batch,
        "peak_bytes": outcome.least.peak.nbytes,
        "reserved_bytes": outcome.least.reserved,
        "saved_bytes": outcome.saved,
        "fits": need.fits,
        "largest_batch": remedy.largest,
    }
    return content | ({} if way.fix is None else {"edit": fix(way.fix)})
