"""`inplace: true` where something else needs what is overwritten."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Edit, Fault, Fix, Severity
from cnncalc.graph import Node
from cnncalc.layers import Storage
from cnncalc.rules._rule import Finding, Rule
from cnncalc.spec import LayerItem


class OverwrittenValue(Rule):
    """A layer told to work in place over a value that is still needed."""

    fault: ClassVar[Fault] = Fault(
        "G003",
        "overwritten-value",
        Severity.ERROR,
        "A layer with `inplace: true` overwrites a value that another layer reads, that is an output or an input of "
        "the network, or that the layer before it keeps for its backward pass.",
        "The other reader sees the overwritten values, so the network computes something else than the spec says; "
        "or PyTorch stops in the backward pass: one of the variables has been modified by an inplace operation.",
        invalid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - add:\n      - [relu: {inplace: true}]\n      - stem\n",
        valid="cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n    name: stem\n"
        "  - add:\n      - [relu]\n      - stem\n",
        source="PyTorch, Autograd mechanics: in-place correctness checks",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        training = graph.mode == "training"
        for nodes in analysis.by_kind.values():
            # Most layers can't work in place, and most that can are not told to.
            if nodes[0].fit is None or not hasattr(nodes[0].fit.layer, "inplace"):
                continue
            for node in nodes:
                if getattr(node.fit and node.fit.layer, "inplace", None) is True:
                    yield from self._at(analysis, node, training=training)

    def _at(self, analysis: Analysis, node: Node, *, training: bool) -> Iterator[Finding]:
        graph = analysis.graph
        if node.fit is None or node.item is None:
            return
        if node.fit.layer.storage(training=training) is not Storage.IN_PLACE:
            return
        if (reason := analysis.needed_besides(node)) is None:
            return
        item = node.item
        own = isinstance(item, LayerItem) and item.layer.key == node.kind
        span = item.call.spans.get("inplace") if own and isinstance(item, LayerItem) else None
        fixes = [Fix("inplace: false", (Edit(span, "false"),))] if span else []
        message = f"`{node.name}` overwrites `{graph.nodes[node.inputs[0]].name}`, which {reason}"
        place = span or item.span
        yield Finding(node, self.fault.at(place, message, help="write `inplace: false`", fixes=fixes))
