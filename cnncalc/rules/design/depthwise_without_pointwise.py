"""Depthwise convolutions whose channels are never mixed."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted, grouped
from cnncalc.graph import Node
from cnncalc.layers.depthwise_conv import DepthwiseConv
from cnncalc.rules._paths import mixes_channels
from cnncalc.rules._places import cases, notes, of_type
from cnncalc.rules._rule import Finding, Rule

# How many steps the first search for a layer that mixes channels goes.
STEPS = 6


class DepthwiseWithoutPointwise(Rule):
    """A depthwise convolution with no layer after it that mixes channels."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D109",
        "depthwise-without-pointwise",
        Severity.INFO,
        "A depthwise convolution, and no layer on any path to an output reads several channels: no other "
        "convolution, no fully-connected layer, no attention.",
        "It filters each channel separately. Without a 1x1 convolution after it, information never passes "
        "from one channel to another: half of a separable convolution is missing.",
        invalid="cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - depthwise_conv: {kernel: 3, act: relu}\n",
        valid="cnncalc: 1\ninput: 16x16x3\nlayers:\n  - conv: {filters: 32, kernel: 3, act: relu}\n"
        "  - depthwise_conv: {kernel: 3, act: relu}\n  - conv: {filters: 64, act: relu}\n",
        source="Howard et al. 2017, MobileNets, arXiv 1704.04861, section 3.1",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        depthwise = of_type(analysis, DepthwiseConv)
        open = [node for node in depthwise if not _soon_mixed(analysis, node)]
        if not open:
            return
        unmixed = _unmixed(analysis, open[0].index)
        nodes = [node for node in open if node.index in unmixed]
        graph = analysis.graph
        for case in cases(analysis, self.fault.code, nodes):
            assert case.fit.output is not None
            channels = case.fit.output.channels
            macs = case.fit.output.size * channels
            message = f"no layer after `{case.node.name}` mixes its {counted(channels, 'channel')}"
            help = (
                f"add a 1x1 convolution after it: `conv: {channels}` has {counted(channels * channels, 'weight')} and "
                f"{grouped(macs)} MACs"
            )
            yield Finding(case.node, self.fault.at(case.span, message, notes=notes(graph, case), help=help))


def _soon_mixed(analysis: Analysis, node: Node) -> bool:
    """Whether one path from a node reaches a layer that mixes channels within a few steps, which is the usual case."""
    nodes, readers = analysis.graph.nodes, analysis.readers
    for _ in range(STEPS):
        behind = readers[node.index]
        if not behind:
            return False
        node = nodes[behind[-1]]
        if _mixes(node):
            return True
    return False


def _unmixed(analysis: Analysis, first: int) -> set[int]:
    """The nodes from `first` on whose values reach an output, but on no path a layer that mixes channels."""
    graph = analysis.graph
    reached, mixed = set(graph.outputs), set()
    for node in reversed(graph.nodes[first:]):
        for reader in analysis.readers[node.index]:
            if reader in reached:
                reached.add(node.index)
            if reader in mixed or _mixes(graph.nodes[reader]):
                mixed.add(node.index)
    return reached - mixed


def _mixes(node: Node) -> bool:
    return node.fit is not None and mixes_channels(node.fit)
