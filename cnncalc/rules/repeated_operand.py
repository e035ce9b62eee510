"""Merges of a value with itself."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.graph import Node
from cnncalc.layers import layer_type
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import ResidualItem


class RepeatedOperand(Rule):
    """A merge that reads one value twice."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G007",
        "repeated-operand",
        Severity.WARNING,
        "Two operands of a merge are the same value.",
        "`add` of a value and itself doubles it, and `concat` stores it twice. Often a name is wrong, or all "
        "layers of a branch or of a residual body are removed (by `when`, `only` or `repeat`), so that only "
        "their input is left. `mul` is not reported: the square of a value is useful.",
        invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 3, padding: half}\n"
        "    name: features\n  - add: [prev, features]\n",
        valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 16, kernel: 3, padding: half}\n"
        "    name: features\n  - conv: {filters: 16, kernel: 3, padding: half}\n  - add: [prev, features]\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        nodes = analysis.graph.nodes
        selected = [
            node
            for kind, of_kind in analysis.by_kind.items()
            if kind != "input" and not layer_type(kind).takes_one_value_twice
            for node in of_kind
            if len(set(node.inputs)) < len(node.inputs)
        ]
        for case in cases(analysis, self.fault.code, sorted(selected, key=lambda node: node.index)):
            node = case.node
            first, other = _twice(node)
            source = nodes[node.inputs[first]].name
            message = f"operands {first + 1} and {other + 1} of `{node.name}` are both `{source}`"
            help = "name another layer, or remove the operand"
            if isinstance(node.item, ResidualItem):
                help = "the body and the shortcut have no layers: add some, or remove the residual"
            place = self.fault.at(case.span, message, notes=notes(analysis.graph, case), help=help)
            yield Finding(node, place)


def _twice(node: Node) -> tuple[int, int]:
    """The places of the first two operands of a node that are the same value."""
    first: dict[int, int] = {}
    for position, index in enumerate(node.inputs):
        if index in first:
            return first[index], position
        first[index] = position
    raise AssertionError("the operands are all different")
