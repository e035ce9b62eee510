"""Windows with taps that never read the input."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.exact import counted, grouped, shown
from cnncalc.figure_words import axes
from cnncalc.graph import BoundLayer
from cnncalc.rules._edits import setting
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._taps import alive, with_live_taps
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.padding_modes import PadsInModes
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import Windowed


class FieldNotGrown(Rule):
    """Every convolution with taps that are in the padding at every position."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D013",
        "field-not-grown",
        Severity.WARNING,
        "A convolution with taps that are in the padding at every position, because its input is too small: a 3x3 on a "
        "volume of 1x1, or a dilation as large as the input.",
        "These taps are only multiplied by zeros. Their weights are stored and never trained, and the layer "
        "sees no more of the input than with a smaller window. Often the network was designed for a larger "
        "image.",
        invalid="cnncalc: 1\ninput: 8x8x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 8, kernel: 3}\n  - maxpool: 8\n  - conv: {filters: 8, kernel: 3}\n",
        valid="cnncalc: 1\ninput: 8x8x3\ndefaults: {conv: {padding: half, act: relu}}\nlayers:\n"
        "  - conv: {filters: 8, kernel: 3}\n  - maxpool: 8\n  - conv: {filters: 8, kernel: 1}\n",
        source="Chen et al. 2017, arXiv 1706.05587, section 3.3: 3x3 filters at large rates",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for case in cases(analysis, self.fault.code, broken(analysis, SlidingFilters, _idles), "kernel"):
            if isinstance(case.fit.layer, Windowed):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Windowed) -> Finding:
        volume, node = case.fit.inputs[0], case.node
        windows = layer.windows(volume)
        taps, live = [prod(window.kernel for window in windows), prod(map(alive, windows))]
        weight = max(layer.weights(case.fit.inputs), key=lambda item: item.size)
        kernel, dilation = grid(window.kernel for window in windows), [window.dilation for window in windows]
        dilated = f" with dilation {axes(dilation)}" if max(dilation) > 1 else ""
        idle = weight.size // taps * (taps - live)
        message = (
            f"`{node.name}` has windows of {kernel}{dilated} over an input of {grid(volume.spatial)}: {taps - live} of "
            f"their {taps} taps are in the padding at every position, and {grouped(idle)} of "
            f"{counted(weight.size, 'weight')} multiply only zeros"
        )
        help, fixes = None, []
        if (smaller := with_live_taps(case.fit, layer)) is not None:
            fields, changed = smaller
            texts = {name: shown(value) for name, value in fields.items()}
            written = ", ".join(f"{name}: {text}" for name, text in texts.items())
            size = max(item.size for item in changed.weights(case.fit.inputs))
            help = f"`{written}` gives the same {case.fit.output} with {counted(size, 'weight')}, all of them used"
            edits = setting(analysis.graph, node, texts) if case.whole else ()
            fixes = [Fix(written, edits)] if edits else []
        context = notes(analysis.graph, case, "kernel")
        return Finding(node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _idles(fit: BoundLayer) -> bool:
    layer, volume = fit.layer, fit.inputs[0]
    kernel = getattr(layer, "kernel", 1)
    # Padding with values of the input is read like the input.
    if kernel == 1 or (isinstance(layer, PadsInModes) and layer.edges is not None):
        return False
    stride, dilation = getattr(layer, "stride", 1), getattr(layer, "dilation", 1)
    # If the input is this much larger than the window, at one position the window is inside it with all its taps.
    if _most(kernel) * _most(dilation) + _most(stride) <= min(volume.spatial):
        return False
    return isinstance(layer, Windowed) and any(
        alive(window) < window.kernel for window in layer.windows(volume)
    )


def _most(value: PerAxis) -> int:
    return max(value) if isinstance(value, tuple) else value
