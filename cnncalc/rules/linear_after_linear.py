"""Two layers that are equal to one layer: everything between them is linear."""

import re
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Note, Severity
from cnncalc.exact import counted, grouped
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.record import NamedTuple
from cnncalc.rules._paths import has_activation, only_reader
from cnncalc.rules._places import RuleCase, cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.families import WEIGHTED
from cnncalc.vocabulary.traits import is_elementwise


class Pair(NamedTuple):
    """Two linear layers, the layers between them, and the one layer that is equal to both, with its parameters."""

    first: Node
    second: Node
    between: tuple[Node, ...]
    merged: str
    params: int


class LinearAfterLinear(Rule):
    """A convolution or fully-connected layer whose only reader is another one."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G004",
        "linear-after-linear",
        Severity.INFO,
        "Two convolutions or two fully-connected layers with no activation between them.",
        "Two linear layers are equal to one linear layer: the second adds parameters and work, but no new functions "
        "(except for padding at the border). Often an activation is missing. Not reported: a first layer that is a "
        "bottleneck (narrower than its input and the next layer, or less than half of one of them), groups, filters "
        "of one row or column, and networks without any activation.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3}\n"
        "  - conv: {filters: 32, kernel: 3, act: relu}\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - conv: {filters: 32, kernel: 3, act: relu}\n",
        source="Goodfellow, Bengio & Courville 2016, Deep Learning, section 6.3.3",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        pairs: dict[int, Pair] = {}
        for nodes in analysis.by_kind.values():
            if nodes[0].fit is not None and nodes[0].fit.layer.family in WEIGHTED:
                pairs.update((pair.first.index, pair) for node in nodes if (pair := _pair(analysis, node)))
        # A network that has no activation is reported as a whole (D104).
        if not pairs or not has_activation(analysis):
            return
        graph = analysis.graph
        for case in cases(analysis, self.fault.code, [pair.first for pair in pairs.values()]):
            pair = pairs[case.node.index]
            owned = [analysis.parameters[node.index] for node in (pair.first, pair.second)]
            params = sum(parameters.params for parameters in owned if parameters is not None)
            through = ", ".join(f"`{node.name}`" for node in pair.between)
            but = f" (only {through})" if through else ""
            message = (
                f"there is no activation between `{pair.first.name}` and `{pair.second.name}`{but}: their "
                f"{counted(params, 'parameter')} compute no more than {pair.merged} could with {grouped(pair.params)}"
            )
            place = pair.second.item.span if pair.second.item is not None else None
            context = [Note(f"`{pair.second.name}` is here (line {graph.line(pair.second)})", place)]
            help = f"add an activation after `{pair.first.name}` (`act: relu`)"
            fixes = _activated(graph, case)
            diagnostic = self.fault.at(
                case.span, message, notes=[*context, *notes(graph, case)], help=help, fixes=fixes
            )
            yield Finding(case.node, diagnostic)


def _activated(graph: Graph, case: RuleCase) -> list[Fix]:
    """A fix that adds `act: relu` to the first of the two, if it does not set its activation."""
    item = case.node.item
    source = graph.sources.get(item.whole.file) if item is not None else None
    if not case.whole or item is None or source is None:
        return []
    lines = [source.line(line) for line in range(item.whole.line, item.whole.end_line + 1)]
    if any(re.search(r"\bact\b", line) for line in lines):
        return []
    from cnncalc.layers.relu import ReLU
    from cnncalc.rules._edits import setting

    edits = setting(graph, case.node, {"act": ReLU.key})
    return [Fix("act: relu", edits)] if edits else []


def _joins(fit: BoundLayer) -> bool:
    """Whether a layer between two linear layers is linear at inference: it scales and shifts each channel."""
    layer, inputs = fit.layer, fit.inputs
    if not layer.linear or not is_elementwise(layer, inputs):
        return False
    # A layer that is the same at all positions cannot include weights for each position.
    return all(weight.size <= inputs[0].channels for weight in layer.weights(inputs))


def _pair(analysis: Analysis, second: Node) -> Pair | None:
    """The pair with this layer as the second one, if it should be reported."""
    nodes = analysis.graph.nodes
    between: list[Node] = []
    first = nodes[second.inputs[0]]
    while first.fit is not None and _joins(first.fit):
        between.insert(0, first)
        first = nodes[first.inputs[0]]
    if first.fit is None or second.fit is None or first.fit.layer.family not in WEIGHTED:
        return None
    if any(only_reader(analysis, node) is None for node in (first, *between)):
        return None
    # If other layers use the weights of one of them, the two are not equal to one layer.
    if any(node.owner != node.index or node.index in analysis.borrowers for node in (first, second)):
        return None
    # Loaded for two layers that could be one: most networks have none.
    from cnncalc.rules._merged import merged

    equal = merged(first.fit, second.fit)
    return None if equal is None else Pair(first, second, tuple(between), *equal)
