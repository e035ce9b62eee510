"""Local response normalisation."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Edit, Fix, Severity
from cnncalc.exact import counted, grouped
from cnncalc.layers.bn import BatchNorm
from cnncalc.layers.lrn import LRN
from cnncalc.rules._edits import alone
from cnncalc.rules._places import cases, notes, of_type
from cnncalc.rules._rule import Finding, Rule


class LocalResponseNorm(Rule):
    """Every `lrn`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D010",
        "local-response-norm",
        Severity.INFO,
        "Local response normalisation.",
        "It is rarely used today: its effect is very small, if there is any (the VGG paper measures a network with and "
        "without it). It costs time, a power and a division for each value, and memory in training.",
        invalid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "  - lrn: 5\n",
        valid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n",
        source="CS231n notes, Normalization Layer; Simonyan & Zisserman 2014, arXiv 1409.1556, section 4.1",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for case in cases(analysis, self.fault.code, of_type(analysis, LRN)):
            layer, volume = case.fit.layer, case.fit.inputs[0]
            done = analysis.work[case.node.index]
            if not isinstance(layer, LRN) or done is None:
                continue
            count = done.multiplies + done.adds + done.divides + done.exponentials
            message = (
                f"`{case.node.name}` normalises {grouped(volume.size)} values over {counted(layer.size, 'channel')} "
                f"each: {grouped(count)} operations an image"
            )
            bare = alone(case.node)
            fixes = [Fix("bn instead of lrn", (Edit(bare, BatchNorm.key),))] if bare and case.whole else []
            help = f"remove it; `bn` learns a scale and a shift for each of the {volume.channels} channels instead"
            context = notes(analysis.graph, case)
            yield Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))
