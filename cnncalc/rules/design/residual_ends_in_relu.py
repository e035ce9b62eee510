"""Residual branches that can only add."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.exact import counted
from cnncalc.graph import Node
from cnncalc.layers.add import Add
from cnncalc.rules._paths import limited_by
from cnncalc.rules._places import cases, notes, of_type
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import ResidualItem
from cnncalc.vocabulary.families import ACTIVATION
from cnncalc.vocabulary.limits import NOT_NEGATIVE


class ResidualEndsInRelu(Rule):
    """A residual block whose body ends in a rectifier."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D108",
        "residual-ends-in-relu",
        Severity.INFO,
        "The body of a `residual` ends in an activation that is never negative, and is added to the unchanged input.",
        "The body can then only add, never subtract: the values grow from block to block, and the first layers train "
        "badly (7.84% error instead of 6.61% with ResNet-110 on CIFAR-10).",
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
        for node in of_type(analysis, Add):
            if not isinstance(node.item, ResidualItem):
                continue
            limiting = limited_by(analysis, nodes[node.inputs[0]], NOT_NEGATIVE)
            # Each of them is in the body, after its input.
            inside = all(end.index > node.inputs[1] and _is_activation(end) for end in limiting)
            if limiting and inside:
                ends[node.index] = limiting[0]
        if not ends:
            return
        for case in cases(analysis, self.fault.code, [nodes[output] for output in ends]):
            end = ends[case.node.index]
            values = case.fit.inputs[0].size
            message = (
                f"`{case.node.name}` can never make a value smaller: what it adds, from `{end.name}`, "
                f"is never negative ({counted(values, 'value')})"
            )
            place = end.item.span if end.item is not None else None
            context = [Note(f"`{end.name}` is here (line {graph.line(end)})", place), *notes(graph, case)]
            help = f"move `{end.kind}` after the addition, or before the first layer of the body"
            yield Finding(case.node, self.fault.at(case.span, message, notes=context, help=help))


def _is_activation(node: Node) -> bool:
    return node.fit is not None and node.fit.layer.family == ACTIVATION
