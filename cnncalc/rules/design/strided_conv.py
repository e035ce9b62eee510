"""Convolutions with a stride, after the first one."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted, grouped
from cnncalc.graph import BoundLayer
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes, sees_pixels
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.window import Windowed


class StridedConv(Rule):
    """Every convolution over several positions with a stride above 1, after the first."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D006",
        "strided-conv",
        Severity.INFO,
        "A convolution with a stride above 1, after the first spatial layer, where a pool could reduce the volume. 1x1 "
        "convolutions that leave values unread are reported as S003.",
        "With stride 1 and padding, convolutions keep the size and only change the depth, and pools do all "
        "downsampling: sizes are easy to follow, and each convolution reads the full volume. This costs more "
        "work, which is why residual networks use strided convolutions.",
        invalid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - conv: {filters: 16, stride: 2}\n",
        valid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - conv: 16\n  - maxpool: {kernel: 2, stride: 2}\n",
        source="CS231n notes, Layer Sizing Patterns",
        preview=True,
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        nodes = broken(analysis, SlidingFilters, _steps)
        selected = [node for node in nodes if not sees_pixels(analysis, node)]
        for case in cases(analysis, self.fault.code, selected, "stride"):
            if isinstance(case.fit.layer, Windowed):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Windowed) -> Finding:
        volume = case.fit.inputs[0]
        windows = layer.windows(volume)
        strides = [window.stride for window in windows]
        before, after = grid(volume.spatial), grid(window.output for window in windows)
        done = analysis.work[case.node.index]
        # The weights that it uses, its own or those of another layer.
        count = sum(weight.size for weight in case.fit.layer.weights(case.fit.inputs) if not weight.is_bias)
        weights = f" and {counted(count, 'weight')}"
        stride = _same(strides)
        message = (
            f"`{case.node.name}` reduces {before} to {after} with stride {stride}{weights}; a pool has none"
        )
        help = None
        if done is not None and all(window.output * window.stride == window.size for window in windows):
            more = prod(strides)
            help = (
                f"`stride: 1` and a pool of {grid(strides)} after it also give {after}, for {more} times as many "
                f"MACs: {grouped(done.macs * more)} instead of {grouped(done.macs)}"
            )
        context = notes(analysis.graph, case, "stride")
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help))


def _steps(fit: BoundLayer) -> bool:
    layer = fit.layer
    if getattr(layer, "stride", 1) == 1 or not isinstance(layer, Windowed):
        return False
    windows = layer.windows(fit.inputs[0])
    # A layer that covers its whole input has only one position.
    return any(window.stride > 1 and window.kernel > 1 and window.output > 1 for window in windows)


def _same(values: list[int]) -> str:
    return str(values[0]) if len(set(values)) == 1 else grid(values)
