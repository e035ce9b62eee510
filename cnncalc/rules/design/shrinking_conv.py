"""Convolutions that shrink their volume because there is no padding."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer, Node
from cnncalc.rules._edits import setting
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes, spatial_behind
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._stack import is_large
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.window import Windowed


class ShrinkingConv(Rule):
    """Every convolution over more than one position with stride 1 and without padding."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D005",
        "shrinking-conv",
        Severity.INFO,
        "A convolution with stride 1 and no padding whose filters are larger than 1, so that its output is smaller "
        "than its input. Not reported: a convolution that is a fully-connected layer (it covers the whole input, or "
        "is wider than 5 with only 1x1 after it), and one after a padding layer.",
        "Sizes then shrink with every layer, which limits the number of layers. Values at the border are read by fewer "
        "windows each time, until their information is lost. Padding of (F - 1)/2 keeps the size.",
        invalid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: half}\n",
        source="CS231n notes, Layer Sizing Patterns",
        preview=True,
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        nodes = broken(analysis, SlidingFilters, _shrinks)
        selected = [
            node
            for node in nodes
            if not _is_padding(graph.nodes[node.inputs[0]])
            and not (node.fit and is_large(node.fit) and not spatial_behind(graph, node))
        ]
        for case in cases(analysis, self.fault.code, selected, "kernel"):
            if isinstance(case.fit.layer, Windowed):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Windowed) -> Finding:
        volume, node, graph = case.fit.inputs[0], case.node, analysis.graph
        windows = layer.windows(volume)
        after = tuple(window.output for window in windows)
        message = (
            f"`{node.name}` shrinks {grid(volume.spatial)} to {grid(after)}: without padding, a "
            f"{grid(window.extent for window in windows)} window fits at only {grouped(prod(after))} of "
            f"{grouped(volume.positions)} positions"
        )
        even = [window for window in windows if window.extent % 2 == 0]
        half = tuple(window.extent // 2 for window in windows)
        padding = str(half[0]) if len(set(half)) == 1 else f"[{', '.join(map(str, half))}]"
        help = (
            f"`padding: same` keeps {grid(volume.spatial)}"
            if even
            else f"`padding: half` (here {padding}) keeps {grid(volume.spatial)}"
        )
        word = "same" if even else "half"
        edits = setting(graph, node, {"padding": word})
        fixes = [Fix(f"padding: {word}", edits)] if edits and case.whole else []
        case_notes = notes(graph, case, "kernel")
        return Finding(node, self.fault.at(case.span, message, notes=case_notes, help=help, fixes=fixes))


def _is_padding(node: Node) -> bool:
    return node.fit is not None and isinstance(node.fit.layer, PadLayer)


def _shrinks(fit: BoundLayer) -> bool:
    layer = fit.layer
    if getattr(layer, "kernel", 1) == 1 or getattr(layer, "padding", 0) not in (
        0,
        "valid",
        (0, 0),
        (0, 0, 0),
    ):
        return False
    if fit.output is None or fit.output.positions == 1 or not isinstance(layer, Windowed):
        return False
    return any(window.extent > 1 for window in layer.windows(fit.inputs[0])) and all(
        window.stride == 1 for window in layer.windows(fit.inputs[0])
    )
