"""An input size that cannot be halved as often as the network halves it."""

from collections.abc import Iterator
from math import ceil
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Edit, Fix, Note, Severity
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Layer
from cnncalc.rules._places import broken, grid
from cnncalc.rules._rule import Finding, Rule
from cnncalc.shape import Shape
from cnncalc.vocabulary.families import POOLING
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.traits import steps
from cnncalc.vocabulary.window import Windowed


class InputNotDivisible(Rule):
    """Sizes that are even in some steps and odd in others."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D001",
        "input-not-divisible",
        Severity.INFO,
        "The input height or width is not divisible by the total stride of the network, so that some strides halve an "
        "even size and others round an odd size up. Not reported: sizes that round up at every stride (2^n + 1, such "
        "as 513), and networks where windows without padding change sizes too (AlexNet's 227).",
        "The input should be divisible by 2 many times: 32, 64, 96, 224, 384, 512. After a size becomes odd, "
        "the windows no longer align with the input, the last window reaches past the border, and an "
        "upsampled volume does not have the size of the earlier one.",
        invalid="cnncalc: 1\ninput: 36x36x3\ndefaults: {conv: {kernel: 3, stride: 2, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - conv: 16\n  - conv: 32\n",
        valid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {kernel: 3, stride: 2, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - conv: 16\n  - conv: 32\n",
        source="CS231n notes, Layer Sizing Patterns",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        if len(graph.inputs) != 1 or (shape := graph.inputs[0].shape) is None or not shape.rank:
            return
        stepping = broken(analysis, Layer, _steps)
        steps = _deepest(analysis, stepping, shape.rank)
        bad = [axis for axis in range(shape.rank) if shape.spatial[axis] % steps[axis]]
        for axis in bad:
            if (uneven := _uneven(analysis, stepping, shape, axis)) is not None:
                yield self._finding(graph, shape, steps, axis, uneven)
                return

    def _finding(self, graph: Graph, shape: Shape, steps: list[int], axis: int, uneven: Node) -> Finding:
        entry = graph.inputs[0]
        size, step, name = shape.spatial[axis], steps[axis], shape.axes[axis]
        same = len(set(shape.spatial)) == 1 and len(set(steps)) == 1 and shape.rank > 1
        what = f"{' and '.join(shape.axes)} {size}" if same else f"{name} {size}"
        are = "are" if same else "is"
        if step & (step - 1):
            fact = f"{what} {are} not divisible by {step}: {size} = {size // step}*{step} + {size % step}"
        elif size % 2:
            fact = f"{what} {are} odd, and the network halves {'them' if same else 'it'} {_times(step)}"
        else:
            odd = (size & -size).bit_length() - 1
            factors = "*".join(["2"] * odd + [str(size >> odd)])
            fact = (
                f"{what} can be halved {_times(1 << odd)}, but the network does it "
                f"{_times(step)}: {size} = {factors}"
            )
        # Imported only for a finding: most networks have none.
        from cnncalc.sizing.advice import multiples

        sizes = multiples(graph, steps)
        fitting = [shape._replace(spatial=choice) for choice in sizes.choices]
        written = graph.spec.inputs[entry.name]
        fixes = [
            Fix(f"input: {text}", (Edit(written.span, str(text)),))
            for text in fitting
            if written.constant and isinstance(written.value, str)
        ]
        assert uneven.fit is not None
        assert uneven.shape is not None
        assert uneven.item is not None
        before, after = uneven.fit.inputs[0].spatial[axis], uneven.shape.spatial[axis]
        where = uneven.item.span
        note = Note(f"`{uneven.name}` (line {where.line}) changes a {name} of {before} to {after}", where)
        help = None
        if fitting:
            fit = "fits" if len(fitting) == 1 else "fit"
            sizes_text = " and ".join(grid(size.spatial) for size in fitting)
            help = f"{sizes_text} can be {_divided(steps)}, and {fit} the whole network"
            help += f" ({sizes.rule})" if sizes.rule else ""
        return Finding(entry, self.fault.at(written.span, fact, notes=[note], help=help, fixes=fixes))


def _divided(steps: list[int]) -> str:
    """What the network does to sizes that it fits: `halved 5 times`, `divided by 6`."""
    if any(step & (step - 1) for step in steps):
        return f"divided by {' and '.join(map(str, dict.fromkeys(steps)))}"
    return f"halved {_times(steps[0])}" if len(set(steps)) == 1 else "halved that often"


def _times(power: int) -> str:
    """The number of halvings in a power of two, in words: `twice`, `5 times`."""
    count = power.bit_length() - 1
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _steps(fit: BoundLayer) -> bool:
    """Whether the layer has a stride that is the same for every input: resizing or pooling to a given size fits any."""
    layer = fit.layer
    if isinstance(layer, Windowed):
        # The default stride of a pool is its kernel.
        return getattr(layer, "stride", None) != 1
    return layer.family != POOLING and not isinstance(layer, Interpolation) and steps(layer, fit.inputs)


def _deepest(analysis: Analysis, stepping: list[Node], rank: int) -> list[int]:
    """The largest total stride of a volume, along each axis of the input."""
    deepest = [1] * rank
    for node in stepping:
        fields = analysis.receptive_fields[node.index]
        if fields is None or node.shape is None or not len(fields) == node.shape.rank == rank:
            continue
        for axis, field in enumerate(fields):
            step = field.stride
            if step > deepest[axis] and isinstance(step, int) and node.shape.spatial[axis] > 1:
                deepest[axis] = step
    return deepest


def _uneven(analysis: Analysis, stepping: list[Node], shape: Shape, axis: int) -> Node | None:
    """The first layer that rounds a size up, if another layer divides one evenly.

    None if a size on the way is not the input size divided by the step, rounded up: if windows without padding, or with
    extra padding, change sizes too, divisibility of the input says nothing.
    """
    up, divides = None, False
    for node in stepping:
        fit, fields = node.fit, analysis.receptive_fields[node.inputs[0]]
        if fit is None or fields is None or fit.output is None or not isinstance(fit.layer, Windowed):
            continue
        before, after = fit.inputs[0].spatial, fit.output.spatial
        # If an axis was removed, the other axes are numbered differently from the input's; if every value sees the
        # same, there is no step to compare sizes with.
        if not len(fields) == len(before) == shape.rank or before[axis] == 1 or not fields[axis].stride:
            continue
        stride = fit.layer.windows(fit.inputs[0])[axis].stride
        whole = ceil(shape.spatial[axis] / fields[axis].stride)
        if before[axis] != whole or after[axis] != ceil(whole / stride):
            return None
        rest = whole % stride
        divides = divides or (stride > 1 and not rest)
        if rest and (up is None or node.index < up.index):
            up = node
    return up if divides else None
