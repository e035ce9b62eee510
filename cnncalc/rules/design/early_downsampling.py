"""An image made smaller before the first filter."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer, Node
from cnncalc.rules._paths import mixes_channels
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.families import POOLING
from cnncalc.vocabulary.traits import keeps_positions, steps

# Channels of an image: colours, and one more for depth or transparency.
MOST = 4


class EarlyDownsampling(Rule):
    """Pixels that are pooled or skipped before the first filter."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D107",
        "early-downsampling",
        Severity.INFO,
        "The first layer that reads an image (up to 4 channels) is a pooling, or a convolution whose stride is larger "
        "than its kernel, and no other layer reads the full image.",
        "No later layer can see what is lost there: edges and texture are in neighbouring pixels. Larger "
        "filters in the first layer with the same stride see all pixels and cost little more; a smaller input "
        "costs nothing.",
        invalid="cnncalc: 1\ninput: 64x64x3\nlayers:\n  - maxpool: 2\n  - conv: {filters: 16, kernel: 3, act: relu}\n",
        valid="cnncalc: 1\ninput: 64x64x3\nlayers:\n"
        "  - conv: {filters: 16, kernel: 4, stride: 2, padding: 1, act: relu}\n",
        source="Szegedy et al. 2016, Rethinking the Inception Architecture, arXiv 1512.00567, section 2",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        for entering in graph.inputs:
            firsts = _first(analysis, entering)
            shape = entering.shape
            # A volume with more channels than an image is the output of other layers.
            if shape is None or not shape.rank or shape.channels > MOST or not firsts:
                continue
            if not all(map(_drops, firsts)):
                continue
            for case in cases(analysis, self.fault.code, firsts, "stride", reshapes=True):
                assert case.fit.output is not None
                small = "x".join(map(str, case.fit.output.spatial))
                help = f"use an input of {small}, or a first convolution whose kernel is at least its stride"
                diagnostic = self.fault.at(case.span, _fact(case.node), notes=notes(graph, case), help=help)
                yield Finding(case.node, diagnostic)


def _fact(node: Node) -> str:
    """What happens to the pixels."""
    fit = node.fit
    assert fit is not None
    assert fit.output is not None
    volume, layer = fit.inputs[0], fit.layer
    if isinstance(layer, SlidingFilters):
        seen = prod(min(window.kernel, window.stride) / window.stride for window in layer.windows(volume))
        return (
            f"`{node.name}` has a stride larger than its kernel: it reads only {seen:.0%} of the "
            f"{grouped(volume.positions)} pixels"
        )
    share = fit.output.positions / volume.positions
    return (
        f"`{node.name}` pools {grouped(volume.positions)} pixels to {grouped(fit.output.positions)} ({share:.0%}) "
        "before any filter sees them"
    )


def _first(analysis: Analysis, entering: Node) -> list[Node]:
    """The layers that read an input, directly or through layers that do not filter it."""
    windows_before, waiting = [], list(analysis.readers[entering.index])
    while waiting:
        node = analysis.graph.nodes[waiting.pop(0)]
        if node.fit is not None and _goes_through(node.fit):
            waiting += analysis.readers[node.index]
        else:
            windows_before.append(node)
    return windows_before


def _goes_through(fit: BoundLayer) -> bool:
    """Whether a layer does not filter an image: each pixel separately, and no mixing of channels."""
    return keeps_positions(fit.layer, fit.inputs) and not mixes_channels(fit)


def _drops(node: Node) -> bool:
    fit = node.fit
    if fit is None or fit.output is None or fit.output.positions == 1:
        return False
    layer, inputs = fit.layer, fit.inputs
    if isinstance(layer, SlidingFilters):
        return any(window.kernel < window.stride for window in layer.windows(inputs[0]))
    return layer.family == POOLING and steps(layer, inputs)
