"""Activations of what they leave as it is: relu of relu."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Fault, Note, Severity
from cnncalc.graph import Node
from cnncalc.rules._paths import AVERAGES, NOT_NEGATIVE, SAME_VALUES, before
from cnncalc.rules._places import cases, notes
from cnncalc.rules._removal import removal
from cnncalc.rules._rule import Finding, Rule

# Of each activation the ones whose values it leaves as they are.
LEAVES: dict[str, frozenset[str]] = {
    "relu": NOT_NEGATIVE,
    "relu6": frozenset(("relu6", "sigmoid", "hardsigmoid", "softmax")),
    "leaky_relu": NOT_NEGATIVE,
    "elu": NOT_NEGATIVE,
    "prelu": NOT_NEGATIVE,
}


class ActivationWithoutEffect(Rule):
    """An activation that only reads values which it does not change."""

    fault: ClassVar[Fault] = Fault(
        "G005",
        "activation-without-effect",
        Severity.WARNING,
        "An activation whose input holds only values that it leaves as they are: `relu` of a `relu`, with nothing "
        "between but layers that hand values on, pick some or average them.",
        "It computes nothing. Most often an `act`, of a layer or of its `defaults`, stands for the one that was "
        "written behind it; or another layer was to stand between them.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - maxpool: 2\n  - relu\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - maxpool: 2\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        sources: dict[int, Node] = {}
        nodes = analysis.graph.nodes
        for kind, leaves in LEAVES.items():
            for node in analysis.by_kind.get(kind, ()):
                # The common case first: right behind a layer with weights, a norm or a sum.
                first = nodes[node.inputs[0]].kind
                if first not in leaves and first not in SAME_VALUES and first not in AVERAGES:
                    continue
                source = _source(analysis, node, leaves)
                if source is not None:
                    sources[node.index] = source
        if not sources:
            return
        graph = analysis.graph
        for case in cases(analysis, self.fault.code, [nodes[at] for at in sources]):
            node, source = case.node, sources[case.node.index]
            size = case.fit.inputs[0].size
            message = (
                f"`{node.name}` leaves all its {size:,} values as they are: `{source.name}` lets none through that it "
                "would change"
            )
            place = source.item.span if source.item is not None else None
            told = [Note(f"`{source.name}` is here (line {graph.line(source)})", place), *notes(graph, case)]
            fixes = removal(analysis, case, sources)
            found = self.fault.at(case.span, message, notes=told, help=f"remove `{node.kind}`", fixes=fixes)
            yield Finding(node, found)


def _source(analysis: Analysis, node: Node, leaves: frozenset[str]) -> Node | None:
    """The activation whose values a node reads, where it leaves them as they are."""
    for other in before(analysis, node):
        if other.kind in leaves:
            return other
        # What dropout leaves it scales: beyond what `relu6` lets through.
        if node.kind == "relu6" and other.kind in ("dropout", "dropout2d"):
            return None
        if other.kind not in SAME_VALUES and other.kind not in AVERAGES:
            return None
    return None
