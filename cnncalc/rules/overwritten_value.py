"""`inplace: true` where something else needs what is overwritten."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Edit, Fix, Severity
from cnncalc.graph import Graph, Node
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import LayerItem


class OverwrittenValue(Rule):
    """A layer told to work in place over a value that is still needed."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G003",
        "overwritten-value",
        Severity.ERROR,
        "A layer with `inplace: true` overwrites a value that a later layer reads, that is an output or an input of "
        "the network, or that a layer before it keeps for its backward pass. Values that views share are one.",
        "The other reader sees the overwritten values, so the network computes something else than the spec says; "
        "or PyTorch stops in the backward pass: one of the variables has been modified by an inplace operation. "
        "Layers run in the order of the spec. Training is looked at in every mode; a dropout hands its input on at "
        "inference, where what comes after it then overwrites what came before.",
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
            # Most layers can't work in place, and most that can are not asked to.
            if nodes[0].fit is not None and hasattr(nodes[0].fit.layer, "inplace")
            for node in nodes
            if getattr(node.fit and node.fit.layer, "inplace", None) is True
        ]
        if not candidates:
            return
        from cnncalc.analysis.overwriting import Overwriting

        # A spec whose modes do not differ is one network, which is trained and used: it is looked at as both.
        modes = (graph.mode == "training",) if graph.spec.two_modes else (True, False)
        views = [(Overwriting(graph, training=training), training) for training in modes]
        for node in candidates:
            losses = ((overwriting.loss(node), training) for overwriting, training in views)
            reason, training = next((loss for loss in losses if loss[0]), (None, True))
            if reason:
                yield from self._at(graph, node, reason if training else f"{reason}, at inference")

    def _at(self, graph: Graph, node: Node, reason: str) -> Iterator[Finding]:
        if node.item is None:
            return
        item = node.item
        own = isinstance(item, LayerItem) and item.layer.key == node.kind
        span = item.call.spans.get("inplace") if own and isinstance(item, LayerItem) else None
        fixes = [Fix("inplace: false", (Edit(span, "false"),))] if span else []
        message = f"`{node.name}` overwrites `{graph.nodes[node.inputs[0]].name}`, which {reason}"
        place = span or item.span
        yield Finding(node, self.fault.at(place, message, help="write `inplace: false`", fixes=fixes))
