"""`inplace: true` although something else needs the overwritten value."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Edit, Fix, Severity
from cnncalc.graph import Graph, Node
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import LayerItem


class OverwrittenValue(Rule):
    """A layer with `inplace: true` that overwrites a value that is still needed."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G003",
        "overwritten-value",
        Severity.ERROR,
        "A layer with `inplace: true` overwrites a value that a later layer reads, that is an output or an input of "
        "the network, or that a layer before it keeps for its backward pass. A value and its views count as one.",
        "The other reader sees the overwritten values, so the network does not compute what the spec says; or PyTorch "
        "stops in the backward pass: one of the variables has been modified by an inplace operation. Layers run in the "
        "order of the spec. Training is checked in every mode. At inference a dropout returns its input, so that a "
        "layer after it can overwrite the value before it.",
        invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - add:\n      - [relu: {inplace: true}]\n      - stem\n",
        valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - add:\n      - [relu]\n      - stem\n",
        source="PyTorch, Autograd mechanics: in-place correctness checks",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        candidates = [
            node
            for nodes in analysis.by_kind.values()
            # Most layers cannot run in place, and for most that can the spec does not request it.
            if nodes[0].fit is not None and hasattr(nodes[0].fit.layer, "inplace")
            for node in nodes
            if getattr(node.fit and node.fit.layer, "inplace", None) is True
        ]
        if not candidates:
            return
        from cnncalc.analysis.overwriting import Overwriting

        # A spec whose modes do not differ is one network: it is checked both in training and at inference.
        modes = (graph.mode == "training",) if graph.spec.two_modes else (True, False)
        views = [(Overwriting(graph, training=training), training) for training in modes]
        for node in candidates:
            losses = ((overwriting.loss(node), training) for overwriting, training in views)
            reason, training = next((loss for loss in losses if loss[0]), (None, True))
            if reason:
                yield from self._finding(graph, node, reason if training else f"{reason}, at inference")

    def _finding(self, graph: Graph, node: Node, reason: str) -> Iterator[Finding]:
        if node.item is None:
            return
        item = node.item
        own = isinstance(item, LayerItem) and item.layer.key == node.kind
        span = item.call.spans.get("inplace") if own and isinstance(item, LayerItem) else None
        fixes = [Fix("inplace: false", (Edit(span, "false"),))] if span else []
        message = f"`{node.name}` overwrites `{graph.nodes[node.inputs[0]].name}`, which {reason}"
        place = span or item.span
        yield Finding(node, self.fault.at(place, message, help="write `inplace: false`", fixes=fixes))
