"""More activations than the budget has, or fewer."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.rules._budget import limits, misses, most, over_budget, side
from cnncalc.rules._rule import Finding, Rule


class ActivationBudget(Rule):
    """`budget: {activations: <= 10M}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C003",
        "activation-budget",
        Severity.ERROR,
        "The activations of one image do not keep to the budget: `activations` of `budget`.",
        "Activations are what memory in training is mostly made of, and what memory traffic is: they tell the time on "
        "an accelerator better than MACs do. Counted are the values that a forward pass at inference writes: of layers "
        "in place and of views none.",
        invalid="cnncalc: 1\ninput: 32x32x3\nbudget: {activations: <= 10K}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nbudget: {activations: <= 10K}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half, stride: 2}\n    allow: {S002: as ResNets do}\n",
        source="Radosavovic et al. 2020, Designing Network Design Spaces, arXiv 2003.13678 (section 3.3)",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, "activations"):
            graph = network.graph
            counts = [0 if stored is None else stored.values for stored in network.storage]
            value = sum(counts)
            if not limit.holds(value):
                message = f"{value:,} activations an image: {misses(limit, value)}"
                smaller = side(network, limit, "activations")
                help = f"{smaller} activations, which keeps it" if smaller else None
                yield over_budget(
                    self.fault, limit, graph, message, list(most(graph, counts, " values")), help
                )
