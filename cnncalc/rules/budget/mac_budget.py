"""The multiply-adds are outside of the budget."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.rules._rule import Finding
from cnncalc.rules.budget._limits import BudgetRule, limits, misses, most, not_known, over_budget, side
from cnncalc.spec import Limit


class MacBudget(BudgetRule):
    """`budget: {macs: <= 4.1G}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C002",
        "mac-budget",
        Severity.ERROR,
        "The multiply-adds of one image are outside of the budget: `macs` in `budget`.",
        "The network would be too slow on its target device. The figure counts the products of convolutions, "
        "fully-connected layers and matrix products; a MAC is two FLOPs.",
        invalid="cnncalc: 1\ninput: 32x32x16\nbudget: {macs: <= 1M}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half}\n",
        valid="cnncalc: 1\ninput: 32x32x16\nbudget: {macs: <= 1M}\nlayers:\n"
        "  - depthwise_conv: {kernel: 3, padding: half, act: relu}\n  - conv: 16\n",
        source="Howard et al. 2017, MobileNets, arXiv 1704.04861",
    )

    figures: ClassVar[tuple[str, ...]] = ("macs",)

    def measured(self, limit: Limit, network: Analysis) -> int | None:
        return network.totals.macs

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, "macs"):
            graph = network.graph
            if graph.opaque and "macs" in network.totals.inexact:
                yield from not_known(self.fault, limit, network, "macs", "MACs")
                continue
            counts = [0 if done is None else done.macs for done in network.work]
            value = sum(counts)
            if not limit.holds(value):
                message = f"{grouped(value)} MACs an image: {misses(limit, value)}"
                smaller = side(network, limit, "macs")
                help = f"{smaller} MACs, which is within the budget" if smaller else None
                yield over_budget(self.fault, limit, graph, message, list(most(graph, counts, " MACs")), help)
