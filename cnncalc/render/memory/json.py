"""JSON of a memory report: version 1, which only grows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cnncalc.memory import Setup
from cnncalc.memory.device import GPU, HeldWorkspace
from cnncalc.memory.report import Figures, LayerRow, MemoryReport, Textbook, inexact
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.render.memory import MemoryPage
from cnncalc.render.memory.words import how_long_held

VERSION = 1
# Rows encoded at once.
CHUNK = 1000


def render(report: MemoryReport, page: MemoryPage) -> Iterator[str]:
    """One object, in bytes. Every layer has its row; figures that a fault leaves unknown are null, lists empty."""
    graph, told = report.graph, report.figures
    yield dumped(_head(report))[:-2]
    yield from _list(
        "largest",
        (
            {"layer": one.layer, "tensor": one.tensor, "category": one.category, "bytes": one.nbytes}
            for one in told.largest
        )
        if told
        else (),
    )
    yield from _list("layers", map(_layer, told.layers) if told else ())
    yield from _list(
        "timeline",
        (
            {"phase": one.phase, "layer": one.layer, "bytes": one.nbytes, "peak_bytes": one.most}
            for one in told.timeline
        )
        if told
        else (),
    )
    rest = {
        "textbook": _textbook(told.textbook) if told else None,
        "unknown": [_unknown(one) for one in told.unknown] if told else [],
        "not_checked": graph.not_checked,
        "expect_not_checked": graph.unchecked.expects,
        "diagnostics": [diagnostic(item) for item in report.diagnostics],
    }
    yield ",\n" + dumped(rest)[2:] + "\n"


def _head(report: MemoryReport) -> dict[str, Any]:
    graph, told = report.graph, report.figures
    return {
        "version": VERSION,
        "name": graph.spec.name,
        "source": graph.spec.origin,
        "file": graph.spec.file,
        "mode": graph.mode,
        "batch": report.batch,
        "images": told.share if told else None,
        "setup": _setup(told.setup, report) if told else None,
        "peak_bytes": told.peak if told else None,
        "allocated_bytes": told.allocated if told else None,
        "reserved_bytes": told.reserved if told else None,
        "peak_at": told.peak_place._asdict() if told else None,
        "gpu": _gpu(report.gpu, told) if report.gpu and told else None,
        "breakdown": dict(told.breakdown) if told else None,
        "inexact": _inexact(told) if told else {},
        "refused": report.refusal.asdict() if report.refusal else None,
    }


def _inexact(told: Figures) -> dict[str, Any]:
    totals = {
        "peak_bytes": told.peak,
        "allocated_bytes": told.allocated,
        "reserved_bytes": told.reserved,
    }
    return {name: one.asdict() for name, one in inexact(told.unknown, totals).items()}


def _setup(setup: Setup, report: MemoryReport) -> dict[str, Any]:
    """The options, layers by name; an optimizer only where there is one."""
    nodes = report.graph.nodes
    training = setup.mode == "training"
    return {
        **setup._asdict(),
        "backend": setup.backend.name,
        "optimizer": setup.optimizer if training else None,
        "options": dict(setup.options),
        "frozen": [node.name for node in report.graph.layers if node.index < setup.frozen],
        "checkpoint": [[nodes[start].name, nodes[stop - 1].name] for start, stop in setup.checkpoint],
    }


def _gpu(gpu: GPU, told: Figures) -> dict[str, Any]:
    share = None if told.reserved is None else told.reserved / gpu.memory
    return {"name": gpu.name, "memory_bytes": gpu.memory, "reserved_share": share}


def _layer(row: LayerRow) -> dict[str, Any]:
    return {
        "layer": row.name,
        "type": row.kind,
        "output": row.output.asdict() if row.output is not None else None,
        "output_bytes": row.output_bytes,
        "kept_bytes": row.kept_bytes,
        "forward_peak_bytes": row.forward,
        "backward_peak_bytes": row.backward,
    }


def _textbook(told: Textbook) -> dict[str, Any]:
    course = told.course
    return {
        "course": {
            "activations": course.activations,
            "activation_bytes": course.activation_bytes,
            "activation_and_gradient_bytes": course.with_gradients_bytes,
            "parameter_bytes": course.parameter_bytes,
            "parameter_gradient_and_momentum_bytes": course.learning_bytes,
            "input_bytes": course.input_bytes,
            "forward_bytes": course.forward_bytes,
            "total_bytes": course.total_bytes,
        },
        "exercise": told.exercise._asdict(),
    }


def _unknown(held: HeldWorkspace) -> dict[str, Any]:
    return {
        "name": held.name,
        "least_bytes": held.size.low,
        "most_bytes": held.size.high,
        "held": how_long_held(held),
        "in_reserved": held.counted,
    }


def _list(name: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A field whose value is a list, a row on each line."""
    yield f',\n  "{name}": ['
    comma, left = "", iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield comma + ",".join("\n    " + dumped(row, indent=None) for row in chunk)
        comma = ","
    yield "\n  ]" if comma else "]"
