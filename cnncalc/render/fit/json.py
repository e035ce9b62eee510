"""An answer as JSON: bytes everywhere."""

from typing import Any

from cnncalc.memory import Refusal
from cnncalc.memory.advice import Answer, ModeResult, Remedied
from cnncalc.memory.report import inexact, unknown
from cnncalc.render.json_text import diagnostic, dumped, fix
from cnncalc.render.memory.words import describe_remedy


def render(found: Answer) -> str:
    """The whole answer. `fits` is null where no batch was asked about and one image or more fits."""
    asked = found.batch is not None
    told = {
        "version": 1,
        "spec": found.graph.spec.file,
        "name": found.graph.spec.name,
        "gpu": None if found.gpu is None else found.gpu.name,
        "memory_bytes": found.memory,
        "reserve_bytes": found.reserve,
        "usable_bytes": found.usable,
        "training": _mode(found, found.modes.get("training")),
        "inference": _mode(found, found.modes.get("inference")),
        "fits": found.fits if found.modes and (asked or not found.fits) else None,
        "remedies": [_remedy(one) for one in found.remedies],
        "diagnostics": list(map(diagnostic, found.diagnostics)),
    }
    return dumped(told)


def _mode(found: Answer, told: ModeResult | None) -> dict[str, Any] | None:
    if told is None:
        return None
    need, graph = told.need, told.estimate.graph
    if told.refusal is not None:
        return _refused(told)
    node = None if need.peak.node is None else graph.nodes[need.peak.node]
    totals = {"peak_bytes": need.peak.nbytes, "reserved_bytes": need.reserved}
    bounds = inexact(unknown(told.estimate, need.batch), totals)
    return {
        "batch": need.batch,
        "fits": need.fits,
        "largest_batch": told.largest,
        "peak_bytes": need.peak.nbytes,
        "reserved_bytes": need.reserved,
        "headroom_bytes": found.usable - need.nbytes,
        "peak_at": {
            "phase": need.peak.phase,
            "layer": None if node is None else node.name,
            "line": None if node is None else graph.line(node),
        },
        "inexact": {name: one.asdict() for name, one in bounds.items()},
        "least_batch": told.estimate.least_batch,
        "refused": _reason(told.estimate.refusal(1)),
    }


def _refused(told: ModeResult) -> dict[str, Any]:
    """A batch that PyTorch refuses: what it would take is no figure of anything."""
    unknown = dict.fromkeys(("peak_bytes", "reserved_bytes", "headroom_bytes", "peak_at"))
    return {
        "batch": told.need.batch,
        "fits": False,
        "largest_batch": told.largest,
        **unknown,
        "inexact": {},
        "least_batch": told.estimate.least_batch,
        "refused": _reason(told.refusal),
    }


def _reason(found: Refusal | None) -> dict[str, Any] | None:
    return None if found is None else found.asdict()


def _remedy(one: Remedied) -> dict[str, Any]:
    name, changes_network, outcome, harm = one.suggestion
    way, need, words = outcome.way, outcome.need, describe_remedy(outcome.way.change)
    told = {
        "name": name,
        "title": words.title,
        "changes_network": changes_network,
        "harm": harm.name.lower(),
        "risk": words.risk or None,
        "options": words.options or None,
        "batch": way.batch,
        "peak_bytes": need.peak.nbytes,
        "reserved_bytes": need.reserved,
        "saved_bytes": outcome.saved,
        "fits": need.fits,
        "largest_batch": one.largest,
    }
    return told | ({} if way.fix is None else {"edit": fix(way.fix)})
