"""Layers that no output depends on."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Fault, Severity
from cnncalc.rules._rule import Finding, Rule


class UnusedLayer(Rule):
    """A layer or an input on no path to an output."""

    fault: ClassVar[Fault] = Fault(
        "G001",
        "unused-layer",
        Severity.WARNING,
        "A layer, or an input, that no output of the network depends on.",
        "Its parameters and its work are counted, allocated and never used; most often a `from` names the wrong "
        "layer, or an output is missing from `outputs`.",
        invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - conv: {filters: 8, kernel: 3}\n    from: input\n",
        valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - conv: {filters: 8, kernel: 3}\n    from: stem\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        used = bytearray(len(graph.nodes))
        for at in graph.outputs:
            used[at] = 1
        for node in reversed(graph.nodes):
            if used[node.index]:
                for at in node.inputs:
                    used[at] = 1
        for node in graph.nodes:
            if used[node.index]:
                continue
            span = node.item.span if node.item is not None else graph.places[node.index]
            owned = analysis.parameters[node.index]
            cost = f", with {owned.params:,} parameters" if owned and owned.params else ""
            yield Finding(
                node,
                self.fault.at(
                    span,
                    f"no output depends on `{node.name}`{cost}",
                    help="use it, name it in `outputs`, or remove it",
                ),
            )
