"""A fully-connected layer over a flattened volume with most of the network's parameters."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.exact import counted, grouped
from cnncalc.layers.fc import FC
from cnncalc.layers.flatten import Flatten
from cnncalc.layers.global_avgpool import GlobalAvgPool
from cnncalc.layers.linear import Linear
from cnncalc.rules._edits import word
from cnncalc.rules._paths import flattening
from cnncalc.rules._places import RuleCase, cases, notes, of_type, percent
from cnncalc.rules._rule import Finding, Rule

# The smallest number of parameters that counts as heavy.
HEAVY = 1_000_000


class HeavyFirstFc(Rule):
    """The first fully-connected layer, if it has more parameters than all other layers."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D009",
        "heavy-first-fc",
        Severity.INFO,
        "A fully-connected layer that reads a flattened volume and has more than half of the network's "
        "parameters, and at least a million.",
        "It has one weight for each value of the volume and each unit. Since GoogLeNet, networks use the "
        "average of each channel instead: far fewer parameters, less overfitting, and any input size.",
        invalid="cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
        "  - flatten\n  - fc: {units: 128, act: relu}\n  - fc: 10\n",
        valid="cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
        "  - global_avgpool\n  - fc: {units: 128, act: relu}\n  - fc: 10\n",
        source="Szegedy et al. 2014, arXiv 1409.4842, section 5; CS231n notes, VGGNet in detail",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        total = sum(owned.params for owned in analysis.parameters if owned is not None)
        heavy = []
        for node in (*of_type(analysis, FC), *of_type(analysis, Linear)):
            owned = analysis.parameters[node.index]
            if owned is None or owned.params < HEAVY:
                continue
            if 2 * owned.params > total and flattening(graph, node) is not None:
                heavy.append(node)
        for case in cases(analysis, self.fault.code, heavy, "units", reshapes=True):
            if isinstance(case.fit.layer, FC | Linear):
                yield self._finding(analysis, case, case.fit.layer, total)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: FC | Linear, total: int) -> Finding:
        graph, node = analysis.graph, case.node
        owned, flatten = analysis.parameters[node.index], flattening(graph, node)
        assert owned is not None
        assert flatten is not None
        assert flatten.fit is not None
        volume = flatten.fit.inputs[0]
        message = (
            f"`{node.name}` has {grouped(owned.params)} of {counted(total, 'parameter')} "
            f"({percent(owned.params, total)}), for {volume} = {counted(volume.size, 'feature')}"
        )
        left = volume.channels * layer.units + layer.units * layer.has_bias
        help = (
            f"`global_avgpool` instead of `{flatten.kind}` leaves {counted(volume.channels, 'feature')}: "
            f"{counted(left, 'parameter')}"
        )
        plain = case.whole and isinstance(flatten.fit.layer, Flatten)
        edit = word(graph, flatten, GlobalAvgPool.key) if plain else None
        fixes = [Fix("global_avgpool instead of flatten", (edit,))] if edit else []
        context = notes(graph, case._replace(node=flatten))
        return Finding(node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))
