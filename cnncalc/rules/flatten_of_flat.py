"""`flatten` of features."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted
from cnncalc.layers.flatten import Flatten
from cnncalc.rules._places import broken, cases, notes
from cnncalc.rules._rule import Finding, Rule


class FlattenOfFlat(Rule):
    """A `flatten` whose input is features."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G006",
        "flatten-of-flat",
        Severity.INFO,
        "A `flatten` that reads features: its output is its input.",
        "It does nothing, and readers expect a volume before it. (A volume with one position, as after a "
        "global pooling, is not reported: there it changes the shape.)",
        invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - flatten\n  - fc: {units: 32, act: relu}\n  - flatten\n"
        "  - fc: 10\n",
        valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - flatten\n  - fc: {units: 32, act: relu}\n  - fc: 10\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        flat = broken(analysis, Flatten, lambda fit: not fit.inputs[0].rank)
        if not flat:
            return
        # Loaded for a finding: most networks have none.
        from cnncalc.rules._removal import removal

        for case in cases(analysis, self.fault.code, flat):
            message = f"`{case.node.name}` reads {counted(case.fit.inputs[0].size, 'feature')}, which are already flat"
            diagnostic = self.fault.at(
                case.span,
                message,
                notes=notes(analysis.graph, case),
                help="remove it",
                fixes=removal(analysis, case, {node.index for node in flat}),
            )
            yield Finding(case.node, diagnostic)
