"""One wide convolution that a stack of 3x3 convolutions can replace with fewer weights."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer
from cnncalc.layers.conv import Conv
from cnncalc.rules._paths import heads
from cnncalc.rules._places import RuleCase, broken, cases, notes, percent, sees_pixels
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._stack import ConvStack, is_large, stacked


class StackOfSmall(Rule):
    """Every square convolution of 5x5 and more, with stride 1, that 3x3 layers can replace."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D007",
        "stack-of-small",
        Severity.INFO,
        "A convolution of 5x5 (on the image: or wider) with stride 1, if several 3x3 convolutions with the "
        "same number of filters have the same receptive field and at most three quarters of the weights. "
        "Wider convolutions after the first layer are reported as D002.",
        "Two 3x3 layers see 5x5, three see 7x7. On C channels these are 18 C^2 weights against 25 C^2, 27 C^2 "
        "against 49 C^2, and less work in the same ratio; the non-linearities between them make them more expressive.",
        invalid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 32, kernel: 3}\n  - conv: {filters: 32, kernel: 5}\n",
        valid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 32, kernel: 3}\n  - conv: {filters: 32, kernel: 3}\n    repeat: 2\n",
        source="CS231n notes, Layer Patterns; Simonyan & Zisserman 2014, arXiv 1409.1556, section 2.3",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        nodes = broken(analysis, Conv, _stackable)
        given = heads(analysis) if nodes else set()
        selected = [
            node
            for node in nodes
            if node.index not in given
            and node.fit
            and (not is_large(node.fit) or sees_pixels(analysis, node))
        ]
        for case in cases(analysis, self.fault.code, selected, "kernel", reshapes=True):
            if isinstance(case.fit.layer, Conv):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Conv) -> Finding:
        stack = ConvStack(case.fit, layer)
        saved = percent(stack.instead_of - stack.weights, stack.instead_of)
        message = (
            f"`{case.node.name}` has {grouped(stack.instead_of)} weights, and {stack.layers} convs of {stack.small} "
            f"with the same field of {stack.wide} have {grouped(stack.weights)}: {saved} fewer"
        )
        done = analysis.work[case.node.index]
        context = notes(analysis.graph, case, "kernel")
        help = None
        if done is not None:
            less = done.macs * stack.weights // stack.instead_of
            instead = f"{grouped(less)} MACs instead of {grouped(done.macs)}"
            help = f"write {stack.layers} convs of {stack.small}: {instead} if each keeps the size"
        fixes = stacked(analysis.graph, case, stack, layer)
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _stackable(fit: BoundLayer) -> bool:
    layer = fit.layer
    if not isinstance(layer, Conv) or layer.kernel in (1, 3):
        return False
    return layer.groups < fit.inputs[0].channels and ConvStack(fit, layer).saves
