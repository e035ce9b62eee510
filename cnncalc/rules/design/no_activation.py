"""A network that is a linear function."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import Node
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.families import WEIGHTED

# From this number of layers with weights in a row on, a spec counts as a network, not as a part of one.
LEAST = 3


class NoActivation(Rule):
    """Layers with weights in a row, in a network where every layer is linear."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D104",
        "no-activation",
        Severity.INFO,
        f"A network of at least {LEAST} convolutions or fully-connected layers in a row, in which every layer "
        "is linear: no activation, no attention, no max pooling, no norm "
        "that computes statistics of its input.",
        "A linear function of a linear function is a linear function: all layers together are no more than one matrix. "
        "Often `act` is missing in `defaults`.",
        invalid="cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n"
        "  - conv: {filters: 16, kernel: 3}\n  - global_avgpool\n  - fc: 10\n",
        valid="cnncalc: 1\ninput: 16x16x3\ndefaults: {conv: {act: relu}}\nlayers:\n  - conv: {filters: 8, kernel: 3}\n"
        "  - conv: {filters: 16, kernel: 3}\n  - global_avgpool\n  - fc: 10\n",
        source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.1",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        weighted = 0
        for nodes in analysis.by_kind.values():
            fit = nodes[0].fit
            if fit is None:
                continue
            if not all(node.fit is None or node.fit.layer.linear for node in nodes):
                return
            weighted += len(nodes) if fit.layer.family in WEIGHTED else 0
        if weighted < LEAST:
            return
        path = _longest(analysis)
        first = path[0] if path else None
        if len(path) < LEAST or first is None or first.item is None:
            return
        graph = analysis.graph
        out = graph.nodes[graph.outputs[0]].shape
        inside = sum(node.shape.size for node in graph.inputs if node.shape)
        params = analysis.totals.params or 0
        matrix = inside * out.size if out else 0
        message = (
            f"there is no activation in {len(graph.layers)} layers: the {len(path)} layers with weights, from "
            f"`{first.name}` to `{path[-1].name}`, compute one linear function"
        )
        context = [
            f"they have {grouped(params)} parameters; one matrix from {grouped(inside)} values "
            f"to {grouped(out.size if out else 0)} has {grouped(matrix)}"
        ]
        means = "`-> RELU` after them" if graph.spec.is_pattern else "`defaults: {conv: {act: relu}}`"
        help = f"give the layers an activation: {means}"
        yield Finding(first, self.fault.at(first.item.span, message, notes=context, help=help))


def _longest(analysis: Analysis) -> list[Node]:
    """The layers with weights on the path to an output that has most of them."""
    graph = analysis.graph
    count = [0] * len(graph.nodes)
    for node in graph.nodes:
        own = node.fit is not None and node.fit.layer.family in WEIGHTED
        count[node.index] = own + max((count[source] for source in node.inputs), default=0)
    if not graph.outputs:
        return []
    node = graph.nodes[max(graph.outputs, key=lambda index: count[index])]
    path: list[Node] = []
    while True:
        if node.fit is not None and node.fit.layer.family in WEIGHTED:
            path.insert(0, node)
        if not node.inputs:
            return path
        node = graph.nodes[max(node.inputs, key=lambda index: count[index])]
