"""The parameters are outside of the budget."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted, grouped
from cnncalc.rules._paths import flattening
from cnncalc.rules._rule import Finding
from cnncalc.rules.budget._limits import BudgetRule, limits, misses, most, not_known, over_budget
from cnncalc.spec import Limit
from cnncalc.vocabulary.families import LINEAR


class ParameterBudget(BudgetRule):
    """`budget: {params: <= 25M}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C001",
        "parameter-budget",
        Severity.ERROR,
        "The parameters of the network are outside of the budget: `params` in `budget`.",
        "The model would not fit on its target device, and a change that makes it grow should be visible in "
        "its review. Parameters are counted as in PyTorch's `parameters()`: with biases, without buffers, "
        "shared ones once.",
        invalid="cnncalc: 1\ninput: 8x8x64\nbudget: {params: <= 50K}\nlayers:\n"
        "  - conv: {filters: 64, kernel: 3, act: relu}\n  - flatten\n  - fc: 16\n",
        valid="cnncalc: 1\ninput: 8x8x64\nbudget: {params: <= 50K}\nlayers:\n"
        "  - conv: {filters: 64, kernel: 3, act: relu}\n  - global_avgpool\n  - fc: 16\n",
        source="He et al. 2016, Deep Residual Learning for Image Recognition (parameters as a measure of a model)",
    )

    figures: ClassVar[tuple[str, ...]] = ("params",)

    def measured(self, limit: Limit, network: Analysis) -> int | None:
        return network.totals.params

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, "params"):
            graph = network.graph
            if graph.opaque and "params" in network.totals.inexact:
                yield from not_known(self.fault, limit, network, "params", "parameters")
                continue
            counts = [0 if owned is None else owned.params for owned in network.parameters]
            value = sum(counts)
            if not limit.holds(value):
                message = f"{counted(value, 'parameter')}: {misses(limit, value)}"
                notes = list(most(graph, counts, " parameters"))
                yield over_budget(self.fault, limit, graph, message, notes, _pooled(network, limit, value))


def _pooled(analysis: Analysis, limit: Limit, total: int) -> str | None:
    """The parameters that remain if a fully-connected layer reads pooled channels instead of flattened positions."""
    graph = analysis.graph
    best = 0
    text = None
    for node in graph.layers:
        if node.fit is None or node.fit.layer.family != LINEAR or node.owner != node.index:
            continue
        before = flattening(graph, node)
        if before is None or before.fit is None:
            continue
        volume, units = before.fit.inputs[0], node.fit.inputs[0].size
        saved = (volume.size - volume.channels) * (node.shape.size if node.shape else 0)
        if units == volume.size and saved > best:
            best = saved
            keeps = (
                "which is within the budget" if limit.holds(total - saved) else "still outside of the budget"
            )
            text = (
                f"`global_avgpool` instead of `{before.name}` gives `{node.name}` {grouped(volume.channels)} features "
                f"instead of {grouped(volume.size)}: {counted(total - saved, 'parameter')} in all, {keeps}"
            )
    return text if limit.bound.sign[0] == "<" else None
