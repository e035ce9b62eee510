"""Pools whose windows at the border count padding, or contain as much padding as input."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.graph import BoundLayer
from cnncalc.layers.avgpool import AvgPool
from cnncalc.rules._edits import setting
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.pool import Pool


class PaddedPool(Rule):
    """Padding that makes the result of pooling worse."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D004",
        "padded-pool",
        Severity.INFO,
        "Padding on average pooling, which counts the zeros as values; and on any other pool if half of a window at a "
        "border is padding (more than half is S012). Max pooling with less padding is not reported (3x3 with padding "
        "1, as in ResNet's stem and Inception's modules): padding is never the maximum there.",
        "Pools need no padding. A mean that includes zeros is too small, most of all near a corner; a window "
        "with mostly padding repeats single values of the border.",
        invalid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "  - maxpool: {kernel: 2, stride: 2, padding: 1}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "  - maxpool: {kernel: 2, stride: 2}\n",
        source="CS231n notes, Layer Sizing Patterns",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        nodes = broken(analysis, Pool, _is_padded)
        for case in cases(analysis, self.fault.code, nodes, "padding"):
            if isinstance(case.fit.layer, Pool):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Pool) -> Finding:
        volume, graph = case.fit.inputs[0], analysis.graph
        windows = layer.windows(volume)
        whole = prod(window.kernel for window in windows)
        real = prod(window.kernel - max(window.before, window.after) for window in windows)
        if isinstance(layer, AvgPool):
            message = (
                f"`{case.node.name}` divides by {whole} in the corners too, where its windows read {real} "
                f"values and {whole - real} zeros of padding"
            )
            help = "`count_include_pad: false` divides by the number of input values in the window, and changes no size"
            edits = setting(graph, case.node, {"count_include_pad": "false"})
            fixes = [Fix("count_include_pad: false", edits)] if edits and case.whole else []
        else:
            message = (
                f"the corner windows of `{case.node.name}` read {real} of the input's values and "
                f"{whole - real} of the padding"
            )
            bare = tuple(window._replace(before=0, after=0) for window in windows)
            help, fixes = None, []
            if all(window.span >= 0 and not window.unread for window in bare):
                output = grid(window.output for window in bare)
                help = f"without padding it gives {output}, and every value is still read"
                edits = setting(graph, case.node, {"padding": "0"})
                fixes = [Fix("padding: 0", edits)] if edits and case.whole else []
        context = notes(graph, case, "padding")
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _is_padded(fit: BoundLayer) -> bool:
    layer = fit.layer
    if not isinstance(layer, Pool) or layer.padding in (0, "valid"):
        return False
    windows = layer.windows(fit.inputs[0])
    if any(2 * max(window.before, window.after) > window.kernel for window in windows):
        return False
    if isinstance(layer, AvgPool):
        return layer.count_include_pad and any(window.before or window.after for window in windows)
    return any(window.before and 2 * min(window.before, window.after) == window.kernel for window in windows)
