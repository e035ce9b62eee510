"""Layers that no output depends on."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.exact import grouped
from cnncalc.graph import Node
from cnncalc.rules._rule import Finding, Rule

HELP = "use it, name it in `outputs`, or remove it"


class UnusedLayer(Rule):
    """A layer or an input that is on no path to an output."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G001",
        "unused-layer",
        Severity.WARNING,
        "A layer or an input that no output of the network depends on. It is reported once, together with the "
        "layers after it.",
        "Its parameters are allocated and its work is counted, but never used. Often a `from` names the wrong "
        "layer, or an output is missing in `outputs`.",
        invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - conv: {filters: 8, kernel: 3}\n    from: input\n",
        valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - conv: {filters: 8, kernel: 3}\n    from: stem\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        used = bytearray(len(graph.nodes))
        for output in graph.outputs:
            used[output] = 1
        for node in reversed(graph.nodes):
            if used[node.index]:
                for output in node.inputs:
                    used[output] = 1
        if all(used):
            return
        for branch in _branches(analysis, used):
            node = branch[0]
            span = node.item.span if node.item is not None else graph.places[node.index]
            yield Finding(
                node, self.fault.at(span, _fact(analysis, branch), notes=_from(analysis, node), help=HELP)
            )


def _branches(analysis: Analysis, used: bytearray) -> list[list[Node]]:
    """The connected groups of unused layers, each from its first layer on."""
    nodes = analysis.graph.nodes
    branch_of: dict[int, list[Node]] = {}
    for node in nodes:
        if used[node.index]:
            continue
        joined = [branch_of[source] for source in node.inputs if not used[source]]
        branch = joined[0] if joined else []
        for other in joined[1:]:
            if other is not branch:
                branch += other
                branch_of.update((node.index, branch) for node in other)
        branch.append(node)
        branch_of[node.index] = branch
    branches = {id(branch): sorted(branch, key=lambda node: node.index) for branch in branch_of.values()}
    return list(branches.values())


def _fact(analysis: Analysis, branch: list[Node]) -> str:
    """The message: the unused layers, and what they cost."""
    first, *behind = branch
    many = "layer" if len(behind) == 1 else f"{grouped(len(behind))} layers"
    more = f", nor on the {many} after it up to `{branch[-1].name}`" if behind else ""
    owned = [analysis.parameters[node.index] for node in branch]
    done = [analysis.work[node.index] for node in branch]
    costs = [
        (sum(parameters.params for parameters in owned if parameters), "parameters"),
        (sum(work.macs for work in done if work), "MACs"),
    ]
    cost = " and ".join(f"{grouped(count)} {what}" for count, what in costs if count)
    return f"no output depends on `{first.name}`{more}" + (f": {cost}" if cost else "")


def _from(analysis: Analysis, first: Node) -> Iterator[Note]:
    """Notes on the outputs that an unused branch reads: the author may have intended another output."""
    graph = analysis.graph
    for source in first.inputs:
        if source in graph.outputs:
            node = graph.nodes[source]
            place = node.item.span if node.item is not None else None
            yield Note(f"it reads the output `{node.name}` (line {graph.line(node)})", place)
