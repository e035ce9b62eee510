"""Networks that average a last volume which sees only a part of the input."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, prod
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.graph import BoundLayer, Node
from cnncalc.layers import Layer
from cnncalc.rules._places import broken, grid, of_type, percent, place
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.families import POOLING
from cnncalc.vocabulary.window import Windowed

# The smallest input that the rule checks.
LARGE = 32


class SmallReceptiveField(Rule):
    """The receptive field of the last volume, compared with the input."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D012",
        "small-receptive-field",
        Severity.INFO,
        "A network that pools its last volume to one position, if the receptive field of that volume covers "
        "less than half of the input (of 32x32 pixels and more). Not reported: a flattened volume, because "
        "the fully-connected layer after it sees all of it; and a network whose output is a volume, as for "
        "segmentation.",
        "No value before the pooling sees the whole of an object that fills the input. The average combines "
        "evidence on parts, independent of their arrangement.",
        invalid="cnncalc: 1\ninput: 64x64x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 16\n  - maxpool: {kernel: 2, stride: 2}\n  - conv: 32\n  - global_avgpool\n  - fc: 10\n",
        valid="cnncalc: 1\ninput: 16x16x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 16\n  - maxpool: {kernel: 2, stride: 2}\n  - conv: 32\n    repeat: 3\n  - global_avgpool\n"
        "  - fc: 10\n",
        source="Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural Networks",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        if len(graph.inputs) != 1 or (shape := graph.inputs[0].shape) is None:
            return
        if not shape.rank or min(shape.spatial) < LARGE:
            return
        pools = broken(analysis, Layer, _pools_all)
        if not pools:
            return
        pool = max(pools, key=lambda node: node.index)
        fields = analysis.receptive_fields[pool.inputs[0]]
        if fields is None or len(fields) != shape.rank:
            return
        sees = [field.size for field in fields]
        seen = prod(min(size, whole) for size, whole in zip(sees, shape.spatial, strict=True))
        if 2 * seen >= shape.positions:
            return
        last = _last_spatial(analysis, pool)
        if last is None or last.item is None or _goes_on(analysis, pool):
            return
        message = (
            f"`{last.name}` sees {grid(sees)} of {grid(shape.spatial)} pixels ({percent(seen, shape.positions)}) "
            f"before `{pool.name}` pools it"
        )
        step = max(field.stride for field in fields)
        if not step:
            return
        lack = max(whole - size for size, whole in zip(sees, shape.spatial, strict=True))
        more = ceil(Fraction(lack) / (2 * step))
        layers = "one conv of 3x3" if more == 1 else f"{more} convs of 3x3"
        help = f"to see the whole image add {layers} here ({grid(ceil(size + more * 2 * step) for size in sees)})"
        entering = analysis.graph.nodes[pool.inputs[0]].shape
        if (
            entering is not None
            and (often := _halvings(lack, step)) < more
            and min(entering.spatial) >> often
        ):
            several = "one after a 2x2 pool" if often == 1 else f"{often}, each after a 2x2 pool"
            help += f", or {several} ({grid(ceil(size + 5 * step * (2**often - 1)) for size in sees)})"
        pixels = "pixel" if step == 1 else "pixels"
        notes = [f"its values are {step} {pixels} apart: a 3x3 window here adds {2 * step} to the field"]
        yield Finding(last, self.fault.at(place(last, "kernel"), message, notes=notes, help=help))


def _halvings(lack: int, step: "int | Fraction") -> int:
    """How many 2x2 pools, each with a 3x3 layer, make the field large enough: they add 5 steps, then 10, then 20."""
    often = 1
    while 5 * step * (2**often - 1) < lack:
        often += 1
    return often


def _pools_all(fit: BoundLayer) -> bool:
    """Whether a layer pools a volume to one position."""
    left = fit.output.positions if fit.output else 0
    return fit.layer.family == POOLING and left == 1 < fit.inputs[0].positions


def _goes_on(analysis: Analysis, pool: Node) -> bool:
    """Whether convolutions over several positions come after a pool, as in squeeze and excitation."""
    later = (node for node in of_type(analysis, SlidingFilters) if node.index > pool.index)
    return any(node.shape is None or node.shape.positions > 1 for node in later)


def _is_wide(fit: BoundLayer) -> bool:
    """Whether the window of a layer has several positions."""
    return isinstance(fit.layer, Windowed) and any(
        window.kernel > 1 for window in fit.layer.windows(fit.inputs[0])
    )


def _last_spatial(analysis: Analysis, pool: Node) -> Node | None:
    """The last layer with a window before a pool."""
    wide = (node for node in broken(analysis, Windowed, _is_wide) if node.index < pool.index)
    return max(wide, key=lambda node: node.index, default=None)
