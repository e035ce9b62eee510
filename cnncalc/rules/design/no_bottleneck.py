"""Convolutions that reduce the channels of a wide volume with large windows."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer
from cnncalc.layers.conv import Conv
from cnncalc.rules._paths import heads
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes, percent
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.window import axiswise

# From this number of channels on a volume is wide; the part that a bottleneck keeps (GoogLeNet's 256 to 64).
WIDE, LEAVES = 256, 4


class NoBottleneck(Rule):
    """Every 3x3 or larger convolution that reads a wide volume and reduces its channels."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D008",
        "no-bottleneck",
        Severity.INFO,
        "A convolution of 3x3 or more that reads 256 channels or more and produces less than half of them, if a 1x1 "
        "convolution to a quarter of the channels before it saves more than half of the products.",
        "It costs less to reduce the channels with a 1x1 convolution first: the large window then reads a "
        "quarter of the channels. The naive Inception module has 854M multiply-adds; with bottlenecks it has "
        "271M.",
        invalid="cnncalc: 1\ninput: 28x28x256\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 96, kernel: 3}\n",
        valid="cnncalc: 1\ninput: 28x28x256\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: 64\n  - conv: {filters: 96, kernel: 3}\n",
        source="Szegedy et al. 2014, arXiv 1409.4842, section 4; CS231n notes, GoogLeNet",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        wide = broken(analysis, Conv, _pays)
        given = heads(analysis) if wide else set()
        nodes = [node for node in wide if node.index not in given]
        for case in cases(analysis, self.fault.code, nodes, "kernel", reshapes=True):
            if isinstance(case.fit.layer, Conv):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Conv) -> Finding:
        volume = case.fit.inputs[0]
        now, then, width = costs(case.fit, layer)
        kernel = grid(axiswise(layer.kernel, volume.rank))
        message = (
            f"`{case.node.name}` reads {volume.channels} channels with {kernel} windows and produces {layer.filters}: "
            f"{grouped(now)} MACs"
        )
        help = (
            f"put `conv: {width}`, a 1x1 conv, before it: both together have {grouped(then)} MACs, "
            f"{percent(now - then, now)} less"
        )
        context = notes(analysis.graph, case, "kernel")
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help))


def _pays(fit: BoundLayer) -> bool:
    layer, volume = fit.layer, fit.inputs[0]
    if not isinstance(layer, Conv) or layer.kernel == 1 or layer.groups > 1:
        return False
    if (
        volume.channels < WIDE
        or 2 * layer.filters >= volume.channels
        or min(axiswise(layer.kernel, volume.rank)) < 3
    ):
        return False
    now, then, _ = costs(fit, layer)
    return 2 * then < now


def costs(fit: BoundLayer, layer: Conv) -> tuple[int, int, int]:
    """MACs of a convolution; MACs after a bottleneck, including the bottleneck; and the width of the bottleneck."""
    volume = fit.inputs[0]
    width = min(volume.channels // LEAVES, layer.filters)
    behind = volume._replace(channels=width)
    now, then = layer.work((volume,)).macs, layer.work((behind,)).macs
    return now, then + prod(volume.spatial) * volume.channels * width, width
