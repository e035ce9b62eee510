"""Residual branches that can only add."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Fault, Note, Severity
from cnncalc.exact import counted
from cnncalc.graph import Node
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import ResidualItem

# Activations that are never negative.
RECTIFIED = ("relu", "relu6", "softplus")


class ResidualEndsInRelu(Rule):
    """A residual block whose body ends in a rectifier."""

    fault: ClassVar[Fault] = Fault(
        "D108",
        "residual-ends-in-relu",
        Severity.INFO,
        "The body of a `residual` ends in an activation that is never negative, and is added to what enters as it is.",
        "The body can then only add and never take away: from block to block the values grow, and the first layers are "
        "learned badly (7.84% error instead of 6.61% with ResNet-110 on CIFAR-10).",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - residual:\n"
        "      - conv: {filters: 16, kernel: 3, padding: half, norm: bn, act: relu}\n"
        "      - conv: {filters: 16, kernel: 3, padding: half, norm: bn, act: relu}\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - residual:\n"
        "      - conv: {filters: 16, kernel: 3, padding: half, norm: bn, act: relu}\n"
        "      - conv: {filters: 16, kernel: 3, padding: half, norm: bn}\n  - relu\n",
        source="He et al. 2016, Identity Mappings in Deep Residual Networks, arXiv 1603.05027, table 2 (c)",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        nodes = graph.nodes
        ends: dict[int, Node] = {}
        for node in analysis.by_kind.get("add", ()):
            end = nodes[node.inputs[0]]
            if end.kind in RECTIFIED and isinstance(node.item, ResidualItem) and end.index > node.inputs[1]:
                ends[node.index] = end
        if not ends:
            return
        for case in cases(analysis, self.fault.code, [nodes[at] for at in ends]):
            end = ends[case.node.index]
            values = case.fit.inputs[0].size
            message = f"`{case.node.name}` only ever adds: `{end.name}` gives it {counted(values, 'value')} from 0 up"
            place = end.item.span if end.item is not None else None
            told = [Note(f"`{end.name}` is here (line {graph.line(end)})", place), *notes(graph, case)]
            help = f"put `{end.kind}` behind the addition, or before the body's first layer"
            yield Finding(case.node, self.fault.at(case.span, message, notes=told, help=help))
