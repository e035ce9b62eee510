"""Windows with taps that never read the input."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.exact import counted
from cnncalc.graph import BoundLayer
from cnncalc.rules._edits import setting
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.shape import Window
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
        message = (
            f"{taps - live} of {taps} taps of `{node.name}` read only padding, at every position of "
            f"{grid(volume.spatial)}: "
            f"{weight.size // taps * (taps - live):,} of {counted(weight.size, 'weight')}"
        )
        help, fixes = None, []
        if all(window.size == 1 and window.output == 1 for window in windows):
            help = f"a kernel of 1 gives the same {case.fit.output} with {counted(weight.size // taps, 'weight')}"
            fields = {"kernel": "1"}
            if getattr(layer, "padding", 0) not in ("half", "same"):
                fields["padding"] = "0"
            edits = setting(analysis.graph, node, fields) if case.whole else ()
            fixes = (
                [Fix(", ".join(f"{name}: {text}" for name, text in fields.items()), edits)] if edits else []
            )
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


def alive(window: Window) -> int:
    """The number of taps of a window that read the input at some position."""
    # The first position of a tap is `tap * dilation - before`; each step of the window adds a stride.
    last = (window.output - 1) * window.stride
    start, now, end = (_first_tap(window, position) for position in (-last, 1, window.size))
    # On the input at the first position of the window, or before it and on the input after a later step.
    on_it, ahead = max(0, end - now), now - start
    if window.stride > window.size and ahead:
        # A step can be wider than the input: then the position modulo the stride must be on the input.
        first = start * window.dilation - window.before
        rests = [
            _floors(ahead, window.stride, window.dilation, position)
            for position in (first, first - window.size)
        ]
        ahead = rests[0] - rests[1]
    return on_it + ahead


def _first_tap(window: Window, position: int) -> int:
    """The first tap whose first position is this one or a later one; the number of taps, if there is none."""
    return min(window.kernel, max(0, -(-(position + window.before) // window.dilation)))


def _floors(count: int, divisor: int, slope: int, start: int) -> int:
    """The sum of (slope * n + start) // divisor over n in range(count), without a loop over n.

    As in Euclid's algorithm: the whole part is taken out, and the rest is counted along the other axis.
    """
    total = 0
    while True:
        whole, slope = divmod(slope, divisor)
        more, start = divmod(start, divisor)
        total += whole * (count * (count - 1) // 2) + more * count
        count, start = divmod(slope * count + start, divisor)
        if not count:
            return total
        divisor, slope = slope, divisor
