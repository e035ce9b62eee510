"""The activations are outside of the budget."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.rules._rule import Finding
from cnncalc.rules.budget._limits import BudgetRule, limits, misses, most, over_budget, side
from cnncalc.spec import Limit


class ActivationBudget(BudgetRule):
    """`budget: {activations: <= 10M}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C003",
        "activation-budget",
        Severity.ERROR,
        "The activations of one image are outside of the budget: `activations` in `budget`.",
        "Activations are the largest part of memory in training and of memory traffic. They predict the time on an "
        "accelerator better than MACs. The figure is the number of values that a forward pass at inference writes: "
        "layers in place and views write none.",
        invalid="cnncalc: 1\ninput: 32x32x3\nbudget: {activations: <= 10K}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nbudget: {activations: <= 10K}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half, stride: 2}\n    allow: {S002: as in ResNets}\n",
        source="Radosavovic et al. 2020, Designing Network Design Spaces, arXiv 2003.13678 (section 3.3)",
    )

    figures: ClassVar[tuple[str, ...]] = ("activations",)

    def measured(self, limit: Limit, network: Analysis) -> int | None:
        return network.totals.activations

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, "activations"):
            graph = network.graph
            counts = [0 if stored is None else stored.values for stored in network.storage]
            value = sum(counts)
            if not limit.holds(value):
                message = f"{grouped(value)} activations an image: {misses(limit, value)}"
                smaller = side(network, limit, "activations")
                help = f"{smaller} activations, which is within the budget" if smaller else None
                yield over_budget(
                    self.fault, limit, graph, message, list(most(graph, counts, " values")), help
                )
