"""A bias that the following normalisation removes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Note, Severity
from cnncalc.exact import counted, grouped
from cnncalc.graph import Node
from cnncalc.rules._edits import setting
from cnncalc.rules._paths import only_reader
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule


class BiasBeforeNorm(Rule):
    """A convolution or fully-connected layer with a bias, read only by a batch norm."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D101",
        "bias-before-norm",
        Severity.INFO,
        "A layer with a bias, whose only reader is a normalisation for each channel: batch norm, or instance norm.",
        "The norm subtracts the mean of each channel, and the bias with it. The bias has no effect and no "
        "gradient, and the norm has its own shift. Published networks keep the bias so that their trained "
        "weights can still be loaded.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, bias: true}\n  - bn\n"
        "  - relu\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3, bias: false}\n  - bn\n"
        "  - relu\n",
        source="Ioffe & Szegedy 2015, Batch Normalization, arXiv 1502.03167, section 3.2",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        candidates: dict[int, Node] = {}
        nodes = analysis.graph.nodes
        for alike in analysis.by_kind.values():
            first = alike[0].fit
            if first is None or not first.layer.cancels_bias:
                continue
            for norm in alike:
                node = nodes[norm.inputs[0]]
                if _biased(node) and node.owner == node.index and only_reader(analysis, node) is norm:
                    candidates[node.index] = norm
        if not candidates:
            return
        # If weights are shared, the bias can have an effect at the other place.
        for node in nodes:
            if node.owner != node.index:
                candidates.pop(node.owner, None)
        for case in cases(analysis, self.fault.code, [nodes[index] for index in sorted(candidates)], "bias"):
            graph, norm = analysis.graph, candidates[case.node.index]
            wasted = sum(weight.size for weight in case.fit.layer.weights(case.fit.inputs) if weight.is_bias)
            owned = analysis.parameters[case.node.index]
            message = (
                f"the bias of `{case.node.name}` has no effect, because `{norm.name}` subtracts it: "
                f"{grouped(wasted)} of {counted(owned.params if owned else wasted, 'parameter')}"
            )
            place = norm.item.span if norm.item is not None else None
            context = [
                Note(f"`{norm.name}` is here (line {graph.line(norm)})", place),
                *notes(graph, case, "bias"),
            ]
            # Not a safe fix: the network then has fewer parameters, and weights trained with the bias no longer fit.
            edits = setting(graph, case.node, {"bias": "false"}) if case.whole else ()
            fixes = [Fix("bias: false", edits)] if edits else []
            diagnostic = self.fault.at(
                case.span, message, notes=context, help="write `bias: false`", fixes=fixes
            )
            yield Finding(case.node, diagnostic)


def _biased(node: Node) -> bool:
    """Whether a layer has a bias that can be left out: one number for each output channel."""
    fit = node.fit
    if fit is None or fit.output is None or getattr(fit.layer, "bias", False) is False:
        return False
    if fit.layer.family == "normalisation":
        return False  # Its shift is part of a norm, which stands before another one.
    biases = [weight for weight in fit.layer.weights(fit.inputs) if weight.is_bias]
    return [bias.shape for bias in biases] == [(fit.output.channels,)]
