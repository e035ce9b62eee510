"""JSON of a memory report: version 1, which only grows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cnncalc.analysis import Inexact
from cnncalc.memory import Setup, attention_kernels
from cnncalc.memory.device import GPU, HeldWorkspace
from cnncalc.memory.report import (
    MOMENTUM,
    DeviceMemory,
    Figures,
    HeldOtherwise,
    LayerRow,
    MemoryReport,
    Textbook,
    inexact,
)
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.render.memory import MemoryPage
from cnncalc.render.memory.words import how_long_held
from cnncalc.vocabulary.torch_versions import written

VERSION = 1
# Rows encoded at once.
CHUNK = 1000


def render(report: MemoryReport, page: MemoryPage) -> Iterator[str]:
    """One object; sizes are in bytes. Every layer has its row. After an error, figures are null and lists are empty."""
    graph, figures = report.graph, report.figures
    yield dumped(_head(report))[:-2]
    yield from _list(
        "largest",
        (
            {
                "layer": tensor.layer,
                "tensor": tensor.tensor,
                "category": tensor.category,
                "bytes": tensor.nbytes,
            }
            for tensor in figures.largest
        )
        if figures
        else (),
    )
    yield from _list("layers", map(_layer, figures.layers) if figures else ())
    yield from _list(
        "timeline",
        (
            {"phase": moment.phase, "layer": moment.layer, "bytes": moment.nbytes, "peak_bytes": moment.most}
            for moment in figures.timeline
        )
        if figures
        else (),
    )
    rest = {
        "textbook": _textbook(figures.textbook) if figures else None,
        "unknown": [_unknown(workspace) for workspace in figures.unknown] if figures else [],
        "not_checked": graph.not_checked,
        "expect_not_checked": graph.unchecked.expects,
        "diagnostics": [diagnostic(item) for item in report.diagnostics],
    }
    yield ",\n" + dumped(rest)[2:] + "\n"


def _head(report: MemoryReport) -> dict[str, Any]:
    graph, figures = report.graph, report.figures
    return {
        "version": VERSION,
        "name": graph.spec.name,
        "source": graph.spec.origin,
        "file": graph.spec.file,
        "mode": graph.mode,
        "batch": report.batch,
        "images": figures.share if figures else None,
        "setup": _setup(figures.setup, report) if figures else None,
        "peak_bytes": figures.peak if figures else None,
        "allocated_bytes": figures.allocated if figures else None,
        "reserved_bytes": figures.reserved if figures else None,
        "most": _most(figures) if figures else None,
        "context": _context(figures) if figures else None,
        "peak_at": figures.peak_place._asdict() if figures else None,
        "held_otherwise": _held_otherwise(figures.held_otherwise) if figures else None,
        "gpu": _gpu(report.gpu, figures) if report.gpu and figures else None,
        "attention": _attention(figures.setup, report) if figures else None,
        "breakdown": dict(figures.breakdown) if figures else None,
        "inexact": _inexact(figures) if figures else _not_computed(report),
        "device": figures.device if figures else None,
        "devices": [_device(device, report) for device in figures.devices] if figures else [],
        "refused": report.refusal.asdict() if report.refusal else None,
    }


def _held_otherwise(held: HeldOtherwise | None) -> dict[str, Any] | None:
    """The figures with the other holders; null in training."""
    if held is None:
        return None
    return {
        "holders": held.holders,
        "peak_bytes": held.peak,
        "allocated_bytes": held.allocated,
        "reserved_bytes": held.reserved,
        "peak_at": held.peak_place._asdict(),
    }


def _attention(setup: Setup, report: MemoryReport) -> dict[str, Any] | None:
    """The kernels that compute attention, each in how many layers, and the capability that PyTorch chose them for."""
    kernels = attention_kernels(report.graph, setup)
    return None if kernels is None else kernels._asdict()


def _most(figures: Figures) -> dict[str, Any] | None:
    """The same with the most that workspaces may take; nothing for a backend without an allocator."""
    if figures.most_reserved is None:
        return None
    return {
        "peak_bytes": figures.most_peak,
        "allocated_bytes": figures.most_allocated,
        "reserved_bytes": figures.most_reserved,
    }


def _context(figures: Figures) -> dict[str, Any] | None:
    """What CUDA takes beside the allocator, and what nvidia-smi shows with it, at least and at most."""
    context = figures.context
    if context is None or figures.reserved is None or figures.most_reserved is None:
        return None
    return {
        "bytes": context.nbytes,
        "assumed": context.assumed,
        "source": context.source,
        "device_bytes": figures.reserved + context.nbytes,
        "most_device_bytes": figures.most_reserved + context.nbytes,
    }


def _device(device: DeviceMemory, report: MemoryReport) -> dict[str, Any]:
    """The peak on one of the devices of the spec. What is not exact in the totals is not exact here."""
    gpu = report.gpu
    share = None if gpu is None or device.reserved is None else device.reserved / gpu.memory
    return {
        "name": device.name,
        "peak_bytes": device.peak,
        "allocated_bytes": device.allocated,
        "reserved_bytes": device.reserved,
        "peak_at": device.peak_place._asdict(),
        "breakdown": dict(device.breakdown),
        **({} if share is None else {"reserved_share": share}),
    }


def _not_computed(report: MemoryReport) -> dict[str, Any]:
    """Every figure is unknown where an operation has no layer here."""
    if not report.graph.opaque:
        return {}
    unknown = Inexact("unknown", report.graph.opaque[0].name).asdict()
    return dict.fromkeys(("peak_bytes", "allocated_bytes", "reserved_bytes"), unknown)


def _inexact(figures: Figures) -> dict[str, Any]:
    totals = {
        "peak_bytes": figures.peak,
        "allocated_bytes": figures.allocated,
        "reserved_bytes": figures.reserved,
    }
    bounds = inexact(figures.unknown, totals, _most(figures))
    return {name: bound.asdict() for name, bound in bounds.items()}


def _setup(setup: Setup, report: MemoryReport) -> dict[str, Any]:
    """The options, with layers by name; an optimizer only in training."""
    nodes = report.graph.nodes
    training = setup.mode == "training"
    options = setup._asdict()
    # Both ends are in the figures.
    del options["workspaces"]
    return {
        **options,
        "backend": setup.backend.name,
        "optimizer": setup.optimizer if training else None,
        "options": dict(setup.options),
        "torch": written(setup.torch),
        "loss": setup.loss if training else None,
        "zero_grad": setup.gradients_freed if training else None,
        "frozen": [node.name for node in report.graph.layers if node.frozen or node.index < setup.frozen],
        "checkpoint": [[nodes[start].name, nodes[stop - 1].name] for start, stop in setup.checkpoint],
    }


def _gpu(gpu: GPU, figures: Figures) -> dict[str, Any]:
    share = None if figures.reserved is None else figures.reserved / gpu.memory
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


def _textbook(textbook: Textbook) -> dict[str, Any]:
    course = textbook.course
    return {
        "course": {
            "activations": course.activations,
            "activation_bytes": course.activation_bytes,
            "activation_and_gradient_bytes": course.with_gradients_bytes,
            "parameter_bytes": course.parameter_bytes,
            # As the notes have it, whatever the optimizer.
            "parameter_gradient_and_momentum_bytes": MOMENTUM.factor * course.parameter_bytes,
            "optimizer_state": list(course.learning.state),
            "parameter_factor": course.learning.factor,
            "learning_bytes": course.learning_bytes,
            "input_bytes": course.input_bytes,
            "forward_bytes": course.forward_bytes,
            "total_bytes": course.total_bytes,
        },
        "exercise": textbook.exercise._asdict(),
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
    """A field with a list as its value, one row on each line."""
    yield f',\n  "{name}": ['
    comma, left = "", iter(rows)
    while chunk := list(islice(left, CHUNK)):
        yield comma + ",".join("\n    " + dumped(row, indent=None) for row in chunk)
        comma = ","
    yield "\n  ]" if comma else "]"
