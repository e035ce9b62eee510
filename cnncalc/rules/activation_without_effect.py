"""Activations that do not change their input: relu of relu."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.rules._paths import limited_by
from cnncalc.rules._places import broken, cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.activation import ValueFunction
from cnncalc.vocabulary.limits import Limits

# How many layers a message names.
NAMED = 2


class ActivationWithoutEffect(Rule):
    """An activation whose input contains only values that it does not change."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G005",
        "activation-without-effect",
        Severity.WARNING,
        "An activation whose input contains only values that it does not change: `relu` after a `relu`, with "
        "only layers between them that pass values on, select, average or merge them, or add zeros.",
        "It has no effect. Often an `act`, in a layer or in `defaults`, is already the activation that is "
        "written again after it; or a layer between the two is missing.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - maxpool: 2\n  - relu\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - maxpool: 2\n",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        sources: dict[int, list[Node]] = {}
        nodes = analysis.graph.nodes
        # Equal nodes have the same `fit`, and are computed once.
        for node in broken(analysis, ValueFunction, lambda fit: _leaves(fit) is not None):
            leaves = _leaves(node.fit)
            if leaves is not None and (limiting := limited_by(analysis, nodes[node.inputs[0]], leaves)):
                sources[node.index] = limiting
        if not sources:
            return
        # Loaded for a finding: most networks have none.
        from cnncalc.rules._removal import removal

        graph = analysis.graph
        for case in cases(analysis, self.fault.code, [nodes[source] for source in sources]):
            node, limiting = case.node, sources[case.node.index]
            size = case.fit.inputs[0].size
            message = (
                f"`{node.name}` changes none of its {grouped(size)} values: they are already limited by "
                f"{_names(limiting)}"
            )
            context = [*(_here(graph, source) for source in limiting[:NAMED]), *notes(graph, case)]
            fixes = removal(analysis, case, sources)
            place = self.fault.at(
                case.span, message, notes=context, help=f"remove `{node.kind}`", fixes=fixes
            )
            yield Finding(node, place)


def _leaves(fit: BoundLayer | None) -> Limits | None:
    """The values that an activation does not change."""
    return fit.layer.leaves if fit is not None and isinstance(fit.layer, ValueFunction) else None


def _names(sources: list[Node]) -> str:
    """`relu1`; `relu1` and `relu2`; `relu1`, `relu2` and 3 more."""
    names = [f"`{node.name}`" for node in sources[:NAMED]]
    if len(sources) > NAMED:
        return f"{', '.join(names)} and {len(sources) - NAMED} more"
    return f"{' and '.join(names)}"


def _here(graph: Graph, source: Node) -> Note:
    place = source.item.span if source.item is not None else None
    return Note(f"`{source.name}` is here (line {graph.line(source)})", place)
