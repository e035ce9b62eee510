"""Batches of which all figures are computed as the page is written: also what PyTorch's allocator reserves."""

from collections.abc import Sequence

from cnncalc.memory import Estimate, Replay, Reserved
from cnncalc.record import NamedTuple
from cnncalc.webpage.memory.runs import LARGE

BATCHES = (1, 8, 32, 128)


class ComputedBatch(NamedTuple):
    """The bytes that tensors of a batch take at the peak, and what is reserved for them.

    `nbytes` is None where PyTorch refuses the batch, `reserved` also for a backend without such an allocator.
    """

    batch: int
    nbytes: int | None
    reserved: int | None


def computed_batches(runs: Sequence[Estimate], batch: int) -> tuple[tuple[ComputedBatch, ...], ...]:
    """For each run some common batches, and `batch`; of a large network that one alone."""
    common = () if len(runs[0].graph.nodes) > LARGE else BATCHES
    batches = sorted({*common, batch})
    # By the sizes and the events: runs that differ in nothing but names take the same.
    known: dict[object, Reserved | None] = {}
    return tuple(tuple(_computed(run, number, known) for number in batches) for run in runs)


def _computed(run: Estimate, batch: int, known: dict[object, Reserved | None]) -> ComputedBatch:
    if run.refusal(batch) is not None:
        return ComputedBatch(batch, None, None)
    alike = (run.setup.backend.name, *map(_moves, run.replays(batch)))
    if alike not in known:
        known[alike] = run.reserved(batch)
    reserved = known[alike]
    return ComputedBatch(batch, run.peak(batch).nbytes, None if reserved is None else reserved.reserved)


def _moves(replay: Replay) -> tuple[object, ...]:
    """All that the allocator sees of a run."""
    trace = replay.trace
    marks = tuple((mark.event, mark.phase) for mark in trace.marks)
    state = tuple(tensor.category == "optimizer" for tensor in trace.tensors)
    copies = tuple(tensor.copies for tensor in trace.tensors)
    return (tuple(replay.nbytes), copies, state, trace.events, marks)
