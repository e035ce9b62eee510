"""A softmax or sigmoid output in training, although the loss needs its input."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer
from cnncalc.rules._places import cases, notes
from cnncalc.rules._removal import in_inference_only
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.activation import OfOutputs


class SoftmaxBeforeLoss(Rule):
    """A network that ends in a softmax or a sigmoid in training."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D103",
        "softmax-before-loss",
        Severity.INFO,
        "An output of the training network is a `softmax`, a `log_softmax` or a `sigmoid`.",
        "PyTorch's classification losses take logits. After a softmax, `nn.CrossEntropyLoss` applies a second one: its "
        "gradients are small, and training is slow. A layer with `only: inference` is part of the network at inference "
        "and not in training.",
        invalid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - global_avgpool\n  - fc: 10\n  - softmax\n",
        valid="cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - global_avgpool\n  - fc: 10\n  - softmax:\n    only: inference\n",
        source="PyTorch, torch.nn.CrossEntropyLoss",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        # If there are two networks, the finding is for the training network.
        if graph.spec.two_modes and graph.mode != "training":
            return
        ends = [graph.nodes[output] for output in graph.outputs if _loss(graph.nodes[output].fit)]
        if not ends:
            return
        for case in cases(analysis, self.fault.code, ends):
            volume = case.fit.inputs[0]
            what = "value" if volume.rank else "feature"
            what = f"{grouped(volume.size)} {what}s" if volume.size > 1 else f"one {what}"
            source = graph.nodes[case.node.inputs[0]].name
            message = (
                f"`{case.node.name}` is an output in training too, but the loss must read its input: the {what} of "
                f"`{source}`"
            )
            diagnostic = self.fault.at(
                case.span,
                message,
                notes=[_loss(case.fit) or "", *notes(graph, case)],
                help=f"add the key `only: inference` to `{case.node.kind}`, or remove it",
                fixes=in_inference_only(analysis, case),
            )
            yield Finding(case.node, diagnostic)


def _loss(fit: BoundLayer | None) -> str | None:
    """The loss that takes the input of an activation instead of its output."""
    return fit.layer.loss if fit is not None and isinstance(fit.layer, OfOutputs) else None
