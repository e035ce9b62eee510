"""Pooling windows wider than 3, with a stride."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.graph import BoundLayer
from cnncalc.layers import problems
from cnncalc.rules._edits import repeated, setting
from cnncalc.rules._places import RuleCase, broken, cases, grid, notes, percent, spatial_behind
from cnncalc.rules._rule import Finding, Rule
from cnncalc.shape import Shape
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.window import axiswise

# The widest pooling window in the course's rules; along one axis as many values as it has in a plane.
MOST, MOST_OF_ONE_AXIS = 3, 9


class LargePool(Rule):
    """Every pool that reduces its volume with windows of 4x4 and more."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D003",
        "large-pool",
        Severity.INFO,
        "A pool wider than 3 (along one axis: than 9) with a stride above 1 and spatial layers after it. Not reported: "
        "global and adaptive pooling, pools at the end of a network or before a head, and pools with stride 1.",
        "Pooling is 2x2 with stride 2, or 3x3 with stride 2. Larger windows remove too much at once: they "
        "keep one value of 16 or more.",
        invalid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "  - maxpool: {kernel: 4, stride: 4}\n  - conv: {filters: 16, kernel: 3, padding: 1}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "  - maxpool: {kernel: 2, stride: 2}\n  - conv: {filters: 16, kernel: 3, padding: 1}\n",
        source="CS231n notes, Layer Sizing Patterns",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        large = broken(analysis, Pool, _is_large)
        nodes = [node for node in large if spatial_behind(analysis.graph, node)]
        for case in cases(analysis, self.fault.code, nodes, "kernel"):
            if isinstance(case.fit.layer, Pool):
                yield self._finding(analysis, case, case.fit.layer)

    def _finding(self, analysis: Analysis, case: RuleCase, layer: Pool) -> Finding:
        volume = case.fit.inputs[0]
        after = layer.output((volume,))
        message = (
            f"`{case.node.name}` keeps {percent(after.positions, volume.positions)} of the positions with windows of "
            f"{grid(axiswise(layer.kernel, volume.rank))}: {grid(volume.spatial)} to {grid(after.spatial)}"
        )
        help, fixes = None, []
        if often := _halvings(layer, volume, after):
            pool = grid((2,) * volume.rank)
            help = (
                f"{often} pools of {pool} with stride 2 also give {grid(after.spatial)}, and allow "
                "layers between them"
            )
            edits = setting(analysis.graph, case.node, {"kernel": "2", "stride": "2"})
            again = repeated(analysis.graph, case.node, often)
            if edits and again and case.whole:
                fixes = [Fix(f"kernel: 2, stride: 2, repeat: {often}", (again, *edits))]
        elif smaller := _smaller(layer, volume, after):
            help = f"`{smaller}` also gives {grid(after.spatial)}"
            values = dict(part.split(": ") for part in smaller.split(", "))
            edits = setting(analysis.graph, case.node, values)
            fixes = [Fix(smaller, edits)] if edits and case.whole else []
        context = notes(analysis.graph, case, "kernel")
        return Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _is_large(fit: BoundLayer) -> bool:
    layer = fit.layer
    if not isinstance(layer, Pool):
        return False
    kernel, step = (axiswise(value, fit.inputs[0].rank) for value in (layer.kernel, layer.step))
    most = MOST if len(kernel) > 1 else MOST_OF_ONE_AXIS
    if max(kernel) <= most or max(step) == 1 or fit.output is None:
        return False
    return prod(fit.output.spatial) > 1


def _halvings(layer: Pool, volume: Shape, after: Shape) -> int:
    """How many 2x2 pools with stride 2 give the same sizes, always halving an even size; 0 if this is impossible."""
    for often in (2, 3, 4, 5):
        if all(
            before == size_after << often
            for before, size_after in zip(volume.spatial, after.spatial, strict=True)
        ):
            return often
    return 0


def _smaller(layer: Pool, volume: Shape, after: Shape) -> str:
    """A window of 3 with the same stride that gives the same sizes; empty if there is none."""
    if not isinstance(layer.kernel, int) or not isinstance(layer.step, int) or layer.step > MOST:
        return ""
    for padding in (0, 1):
        other = layer.with_fields(kernel=MOST, stride=layer.step, padding=padding)
        if (
            not any(problem.doubtful or problem.blocking for problem in problems(other, (volume,)))
            and other.output((volume,)) == after
        ):
            return f"kernel: {MOST}, stride: {layer.step}, padding: {padding}"
    return ""
