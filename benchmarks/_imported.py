"""One model imported, in a process of its own: what is equal, how long it takes, what is proven."""

import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks._models import Model

# A process that was ended by a signal has this status.
KILLED = 128


def measured(model: Model, file: Path, seconds: int, commit: str, *, with_outputs: bool) -> dict[str, Any]:
    """The row of a model, from a forked process that has all libraries already; `file` is where it writes the row."""
    sys.stdout.flush()
    child = os.fork()
    if not child:
        _measure(model, file, seconds, commit, with_outputs)
    _, status = os.waitpid(child, 0)
    if file.exists():
        row: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return row
    ended = os.waitstatus_to_exitcode(status)
    why = "timed out" if ended == -signal.SIGALRM else f"ended with {ended}"
    row = {**_head(model), "cnncalc": commit, "error": why}
    file.write_text(json.dumps(row), encoding="utf-8")
    return row


def _head(model: Model) -> dict[str, Any]:
    return {"name": model.name, "family": model.family, "kind": model.kind, "input": model.input}


def _measure(model: Model, file: Path, seconds: int, commit: str, with_outputs: bool) -> None:
    """Runs in the forked process, and ends it."""
    signal.alarm(seconds)
    # `cnncalc import` runs without the cycle collector.
    gc.disable()
    row = {**_head(model), "cnncalc": commit}
    status = 0
    try:
        row |= imported(model, with_outputs=with_outputs)
    except Exception as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        row["error"] = (
            f"{type(error).__name__}: {str(error)[:200]} ({Path(line.filename).name}:{line.lineno})"
        )
    try:
        file.write_text(json.dumps(row), encoding="utf-8")
    except BaseException:
        status = 1
    os._exit(status)


def imported(model: Model, *, with_outputs: bool) -> dict[str, Any]:
    """What comes of one model: equal figures, lines, time and memory; with its outputs, if these are compared."""
    import cnncalc
    from cnncalc.folding import fold
    from cnncalc.importers import document, matching, text
    from cnncalc.pytorch.capture import capture
    from cnncalc.pytorch.capture.building import on_meta
    from cnncalc.pytorch.proof.figures import figures
    from cnncalc.pytorch.proof.prove import prove

    before = time.process_time()
    module = on_meta(model.make)
    draft = capture(module, [model.input], name=model.name)
    folded_graph = cnncalc.load(written := text(fold(draft)))
    seconds = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # To compare with: an import has no use for it.
    flat = document(draft)
    flat_graph = cnncalc.load(flat)
    row: dict[str, Any] = {
        "operations": len(draft.nodes),
        "unknown": sorted({str(node.fields.get("op")) for node in draft.unknown}),
        "unknown_count": len(draft.unknown),
        "notes": len(draft.notes),
        "cpu_seconds": round(seconds, 3),
        "peak_mib": round(peak / 1024, 1),
        "flat_lines": len(text(flat).splitlines()),
        "lines": len(written.splitlines()),
        "errors": [item.message[:200] for item in flat_graph.diagnostics if item.severity.word == "error"][
            :2
        ],
    }
    compared, _ = figures(draft, flat_graph, module.eval())
    row["figures"] = {item.what.lower(): [item.predicted, item.actual] for item in compared}
    row["equal"] = {item.what.lower(): item.ok is True for item in compared}
    row["equal"]["shape"] = flat_graph.ok and _shapes(flat_graph) == _actual_shapes(module, model)
    totals = [cnncalc.analyse(graph).totals for graph in (flat_graph, folded_graph)]
    row["folded"] = {
        "same_graph": matching(flat_graph, folded_graph) is not None,
        "same_figures": len({(of.params, of.buffers, of.macs, of.layers) for of in totals}) == 1,
    }
    if with_outputs:
        before = time.process_time()
        proof = prove(
            draft, folded_graph, lambda device: on_meta(model.make) if device == "meta" else model.make()
        )
        row["proof"] = {
            "verdict": proof.verdict,
            "summary": proof.summary,
            "identical": proof.identical,
            "difference": proof.difference,
            "dtype": proof.dtype,
            "cpu_seconds": round(time.process_time() - before, 3),
        }
    return row


def _shapes(graph: Any) -> list[tuple[int, ...]]:
    return sorted(_sizes(graph.nodes[index].shape.torch) for index in graph.outputs)


def _actual_shapes(module: Any, model: Model) -> list[tuple[int, ...]]:
    """The sizes of the model's outputs, without the batch."""
    import torch

    from cnncalc.pytorch.proof.running import flat

    with torch.no_grad():
        outputs = flat(module(torch.empty(2, *model.input, device="meta")))
    return sorted(_sizes(output.shape[1:]) for output in outputs)


def _sizes(shape: Iterable[int]) -> tuple[int, ...]:
    """The sizes of an output in one order: the code may have its channels last."""
    return tuple(sorted(shape))
