"""The memory is outside of the budget."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.figure_words import percent, size
from cnncalc.rules._rule import Finding
from cnncalc.rules.budget._limits import BudgetRule, in_words, limits, misses, over_budget
from cnncalc.spec import Limit
from cnncalc.spec.budget import MODES

if TYPE_CHECKING:
    from cnncalc.memory import Estimate, Setup


class MemoryBudget(BudgetRule):
    """`budget: {memory: {training: <= 8GiB, batch: 32}}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C004",
        "memory-budget",
        Severity.ERROR,
        "The peak memory of PyTorch's tensors is outside of the budget: `training` or `inference` of `memory` in "
        "`budget`, for its `batch`.",
        "A step that does not fit stops with an out-of-memory error, often at the first batch. The peak is that of a "
        "step in float32 with plain SGD on a GPU. Memory that the allocator reserves and the CUDA context come on top: "
        "`cnncalc fit` shows them.",
        invalid="cnncalc: 1\ninput: 32x32x16\nbudget: {memory: {training: <= 8MiB, batch: 64}}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half, act: relu}\n",
        valid="cnncalc: 1\ninput: 32x32x16\nbudget: {memory: {training: <= 8MiB, batch: 16}}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half, act: relu}\n",
        source="Rhu et al. 2016, vDNN, arXiv 1602.08124",
    )

    figures: ClassVar[tuple[str, ...]] = MODES

    def measured(self, limit: Limit, network: Analysis) -> int | None:
        from cnncalc.memory import Estimate, Setup

        if not network.graph.whole:
            return None
        estimate = Estimate(network.graph, Setup(mode=limit.mode))
        return estimate.peak(limit.batch or 1).nbytes

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, *MODES):
            # Loaded where a budget asks for it: most specs have none.
            from cnncalc.memory import Estimate, Setup

            graph = network.graph
            if graph.opaque:
                name = graph.opaque[0].name
                message = f"the memory is not known because of `{name}`, but the budget is {in_words(limit)}"
                note = Note(f"`{name}` is an operation without a layer here")
                yield over_budget(self.fault, limit, graph, message, [note], "remove the limit")
                continue
            setup = Setup(mode=limit.mode)
            estimate = Estimate(graph, setup)
            batch = limit.batch or 1
            value = estimate.peak(batch).nbytes
            if limit.holds(value):
                continue
            message = f"{size(value)} at the peak of a batch of {batch}: {misses(limit, value, ' bytes')}"
            parts = [(nbytes, what) for what, nbytes in estimate.breakdown(batch).items() if nbytes]
            split = ", ".join(f"{what} {size(nbytes)}" for nbytes, what in sorted(parts, reverse=True))
            notes = [
                Note(split),
                *_largest(estimate, batch, value),
                Note(f"computed for: {_run(setup)}"),
            ]
            yield over_budget(self.fault, limit, graph, message, notes, _smaller(estimate, limit, batch))


def _run(setup: "Setup") -> str:
    """How the network is run: `training, float32, sgd, CUDA`."""
    optimizer = [setup.optimizer] if setup.mode == "training" else []
    return ", ".join((setup.mode, setup.dtype, *optimizer, setup.backend.name.upper()))


def _largest(estimate: "Estimate", batch: int, whole: int) -> Iterator[Note]:
    """The layers whose tensors are largest at the peak."""
    graph = estimate.graph
    taken: dict[int, int] = {}
    for alive in estimate.alive(batch):
        if alive.tensor.node is not None:
            taken[alive.tensor.node] = taken.get(alive.tensor.node, 0) + alive.nbytes
    for index in sorted(taken, key=lambda index: -taken[index])[:3]:
        node = graph.nodes[index]
        line = graph.line(node)
        text = f"`{node.name}` has {size(taken[index])} of the peak, {percent(taken[index], whole, 1)}"
        place = node.item.span if node.item is not None else None
        yield Note(text + (f" (line {line})" if line else ""), place)


def _smaller(estimate: "Estimate", limit: Limit, batch: int) -> str | None:
    """The largest batch within the budget: memory only grows with the batch."""
    if limit.bound.sign[0] != "<":
        return None
    low, high = 0, batch
    while high - low > 1:
        middle = (low + high) // 2
        if limit.holds(estimate.peak(middle).nbytes):
            low = middle
        else:
            high = middle
    least = estimate.least_batch or 1
    if low < least:
        what = "a single image" if least == 1 else f"a batch of {least}, the smallest that PyTorch runs,"
        return f"{what} takes {size(estimate.peak(least).nbytes)}: no batch is within the budget"
    return f"a batch of {low} takes {size(estimate.peak(low).nbytes)}, which is within the budget"
