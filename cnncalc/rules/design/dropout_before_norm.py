"""Dropout before a norm with a running variance."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.exact import counted
from cnncalc.graph import BoundLayer, Node
from cnncalc.rules._places import broken, cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.dropping import Dropping
from cnncalc.vocabulary.traits import remembers_variance


class DropoutBeforeNorm(Rule):
    """A dropout whose values reach a norm with a running variance."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D102",
        "dropout-before-norm",
        Severity.INFO,
        "A dropout (of elements or channels) with a batch norm somewhere after it, or with an instance norm that keeps "
        "running statistics (`track`).",
        "In training, dropout with p multiplies the second moment of its values by 1/(1 - p), and the batch norm keeps "
        "this variance. At inference the values have another variance, so the norm scales them by the wrong one. "
        "Dropout after the last batch norm does not have this problem.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - dropout: 0.5\n"
        "  - conv: {filters: 32, kernel: 3, norm: bn, act: relu}\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, norm: bn, act: relu}\n"
        "  - dropout: 0.5\n",
        source="Li et al. 2019, Understanding the Disharmony between Dropout and Batch Normalization by Variance "
        "Shift, arXiv 1801.05134",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        drops = broken(analysis, Dropping, _shifts_variance)
        norms = [node.index for node in analysis.graph.layers if _remembers(node)] if drops else []
        if not norms:
            return
        last = norms[-1]
        hit: dict[int, list[Node]] = {}
        for node in drops:
            if node.index < last:
                hit[node.index] = _reached(analysis, node, last)
        nodes = analysis.graph.nodes
        graph = analysis.graph
        for case in cases(
            analysis, self.fault.code, [nodes[index] for index, behind in hit.items() if behind]
        ):
            behind = hit[case.node.index]
            chance = _chance(case.node)
            scale = 1 / (1 - chance)
            many = f" and {counted(len(behind) - 1, 'more norm')} use" if len(behind) > 1 else " uses"
            message = (
                f"the mean square of the output of `{case.node.name}` (p = {chance:g}) is {scale:.3g} times as large "
                f"in training as at inference, but `{behind[0].name}`{many} the variance of training at inference"
            )
            place = behind[0].item.span if behind[0].item is not None else None
            context = [
                Note(f"`{behind[0].name}` is here (line {graph.line(behind[0])})", place),
                *notes(graph, case),
            ]
            help = "move it after the last batch norm; in a residual block, use `stochastic_depth` instead"
            yield Finding(case.node, self.fault.at(case.span, message, notes=context, help=help))


def _shifts_variance(fit: BoundLayer) -> bool:
    layer = fit.layer
    return isinstance(layer, Dropping) and layer.within_images and 0 < layer.p < 1


def _remembers(node: Node) -> bool:
    """Whether a norm uses a running variance: other norms use the variance of each batch or image."""
    return node.fit is not None and remembers_variance(node.fit.layer, node.fit.inputs)


def _chance(node: Node) -> float:
    """The probability that a value is dropped."""
    return float(getattr(node.fit.layer, "p", 0)) if node.fit is not None else 0


def _reached(analysis: Analysis, node: Node, last: int) -> list[Node]:
    """The norms after a node that have a running variance."""
    nodes = analysis.graph.nodes
    reached = {node.index}
    sources = []
    for index in range(node.index + 1, last + 1):
        other = nodes[index]
        if any(source in reached for source in other.inputs):
            reached.add(index)
            if _remembers(other):
                sources.append(other)
    return sources
