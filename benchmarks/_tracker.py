"""The peak of a run by PyTorch's own tracker, with fake tensors: it needs no device and no memory.

torch.distributed._tools.mem_tracker.MemTracker counts every storage from the operation that makes it until it is gone,
exactly as many bytes as it has. Under FakeTensorMode tensors have shapes and lifetimes, and no values.

For its statistics of single modules the tracker waits for the gradients of all inputs of a module, with
torch.autograd.graph.register_multi_grad_hook, which holds each gradient until the last one is there, and the graph of
what no gradient reaches. Without the tracker nothing holds them, and a total needs no statistics of modules: the peak
is measured without these hooks (tests/memory/test_tracker.py shows what they hold).
"""

import warnings
from contextlib import AbstractContextManager
from typing import Any
from unittest.mock import patch

from benchmarks._step import OPTIMIZERS, Case, prepare
from cnncalc.graph import Graph
from cnncalc.memory import Backend, Setup

# How fake tensors on the CPU differ from others: gradients are never added in place to a tensor's subclass.
FAKE = Backend("cpu", sums_in_place=False, foreach=True)


def setup(case: Case) -> Setup:
    """The setup of a case for the tracker."""
    if case.mode == "inference":
        return Setup(mode="inference", backend=FAKE)
    return Setup(backend=FAKE, optimizer=case.optimizer, options=OPTIMIZERS[case.optimizer])


def without_gradient_hooks() -> AbstractContextManager[object]:
    """The tracker registers no hooks that wait for several gradients."""
    from torch.distributed._tools import mod_tracker

    return patch.object(mod_tracker, "register_multi_grad_hook", lambda *tensors, **options: None)


def tracked(torch: Any, graph: Graph, case: Case, *, quick: bool = False, **options: Any) -> int:
    """Bytes at the peak: of one prediction, or of the second of two training steps; `options` as for `prepare`.

    `quick`: instead of the first step the optimizer alone makes one, over gradients of zeros. Its state is there then.
    """
    from torch._subclasses import FakeTensorMode

    if "optimizer_options" not in options and case.optimizer:
        options["optimizer_options"] = {**OPTIMIZERS[case.optimizer], "foreach": True}
    with warnings.catch_warnings(), FakeTensorMode(allow_non_fake_inputs=True):
        warnings.simplefilter("ignore")
        tracker = _of_totals()
        # It follows a module once, unless its statistics of modules are cleared.
        ready = prepare(torch, graph, case, between=tracker.reset_mod_stats, **options)
        if quick and ready.optimizer is not None:
            _first_update(torch, ready.optimizer)
        tracker.track_external(
            *(part for part in (ready.model, ready.optimizer, *ready.batch) if part is not None)
        )
        with without_gradient_hooks(), tracker:
            ready.step()
            if case.mode == "training" and not quick:
                # The peak so far is the first step's.
                tracker._peak_mem.update(dict.fromkeys(tracker._peak_mem, 0))
                ready.step()
    # What optimizers keep in the host's memory is not on the device.
    kind = options.get("device", "cpu")
    peaks = tracker.get_tracker_snapshot("peak").items()
    return sum(snapshot["Total"] for device, snapshot in peaks if device.type == kind)


def _of_totals() -> Any:
    """The tracker, which looks for peaks of totals only: those of all modules would take time for every operation."""
    from torch.distributed._tools.mem_tracker import MemTracker

    class OfTotals(MemTracker):  # type: ignore[no-untyped-call]
        def _update_peak_stats(self, peak_state: Any) -> None:
            followed, self.memory_tracking = self.memory_tracking, type(self.memory_tracking)()
            super()._update_peak_stats(peak_state)
            self.memory_tracking = followed

    return OfTotals()


def _first_update(torch: Any, optimizer: Any) -> None:
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.requires_grad:
                parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
