"""Convolutions with filters wider than 5, after the first one."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted
from cnncalc.graph import Graph, Node
from cnncalc.layers.conv import Conv
from cnncalc.rules._paths import heads
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes, sees_pixels, spatial_behind
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._stack import ConvStack, is_large, stacked
from cnncalc.vocabulary.window import axiswise


class LargeKernel(Rule):
    """Every convolution with a wide window that does not read the image."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D002",
        "large-kernel",
        Severity.INFO,
        "A convolution whose filters are wider than 5 along every axis, after the first spatial layer. Not reported: "
        "depthwise convolutions (their weights grow only with the window, and 7x7 is common, as in ConvNeXt); filters "
        "along one axis, where a stack of small ones has no fewer weights; a fully-connected layer written as a "
        "convolution (without padding, with only 1x1 after it); and a convolution that produces an output of the "
        "network.",
        "Filters should be small, 3 and at most 5. A larger filter is useful only on the image, which has few "
        "channels. Several 3x3 layers see as much with fewer weights, and with non-linearities between them.",
        invalid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 32, kernel: 3}\n  - conv: {filters: 32, kernel: 7}\n",
        valid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 32, kernel: 3}\n  - conv: {filters: 32, kernel: 3}\n    repeat: 3\n",
        source="CS231n notes, Layer Sizing Patterns",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        wide = broken(analysis, Conv, is_large)
        given = heads(analysis) if wide else set()
        nodes = [
            node
            for node in wide
            if node.index not in given
            and not sees_pixels(analysis, node)
            and not _is_classifier(analysis.graph, node)
        ]
        for case in cases(analysis, self.fault.code, nodes, "kernel", reshapes=True):
            if isinstance(case.fit.layer, Conv):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Conv) -> Finding:
        volume = case.fit.inputs[0]
        kernel = axiswise(layer.kernel, volume.rank)
        owned = analysis.parameters[case.node.index]
        weights = owned.weights if owned else 0
        message = (
            f"`{case.node.name}` has filters of {grid(kernel)} over {volume.channels // layer.groups} channels: "
            f"{counted(weights, 'weight')}"
        )
        stack = ConvStack(case.fit, layer)
        if stack.saves:
            help, fixes = stack.help, stacked(analysis.graph, case, stack, layer)
        else:
            least = layer.filters * 3**volume.rank * (volume.channels // layer.groups)
            help, fixes = f"filters of {grid((3,) * volume.rank)} have {counted(least, 'weight')}", []
        context = notes(analysis.graph, case, "kernel")
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _is_classifier(graph: Graph, node: Node) -> bool:
    """Whether it can be a fully-connected layer written as a convolution: without padding, and only 1x1 follows."""
    fit = node.fit
    if (
        fit is None
        or not isinstance(fit.layer, Conv)
        or any(window.before for window in fit.layer.windows(fit.inputs[0]))
    ):
        return False
    return not spatial_behind(graph, node)
