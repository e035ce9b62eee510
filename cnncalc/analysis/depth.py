"""How deep a network is: the layers with weights on its paths, as papers count them, and how many run on average."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc.analysis.totals import weighted_layers
from cnncalc.exact import fraction
from cnncalc.graph import Graph, Node
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.families import CONVOLUTION

if TYPE_CHECKING:
    from fractions import Fraction

# A mean or a probability, exact: without stochastic depth 0, which is no fraction (they take time to import).
Ratio: TypeAlias = "int | Fraction"


class PathLength(NamedTuple):
    """Layers with weights on a path from an input to an output: all of them, and the convolutions among them."""

    layers: int = 0
    convs: int = 0


class Depth(NamedTuple):
    """Convolutions, fully-connected and recurrent layers on the paths from an input to an output.

    The number of layers on the `longest` path is what papers count: 152 for ResNet-152. Layers beside it, as the
    projections of shortcuts, are not on it. `expected` is the mean length of the longest path in training, where
    stochastic depth leaves out bodies of residual blocks: None without it, and where what is left out does not come one
    after another. `bodies` is how many may be left out, `bodies_run` how many of these run on average.
    """

    longest: PathLength
    shortest: PathLength
    expected: "Ratio | None" = None
    bodies: int = 0
    bodies_run: Ratio = 0

    def asdict(self) -> dict[str, Any]:
        """As JSON has it: counts as integers, means as numbers."""
        return {
            "longest": self.longest.layers,
            "longest_convs": self.longest.convs,
            "shortest": self.shortest.layers,
            "shortest_convs": self.shortest.convs,
            "expected": None if self.expected is None else float(self.expected),
            "bodies": self.bodies,
            "bodies_run": float(self.bodies_run),
        }


class _Mean(NamedTuple):
    """A length that varies: its mean up to the node `since`, after which `more` layers are certain.

    With the probability `skipped` all values that arrive are zero.
    """

    since: int
    mean: Ratio
    more: int
    skipped: Ratio = 0


def depth(graph: Graph) -> Depth | None:
    """The depth of a graph; None where an error hides a part of it."""
    if not graph.whole or graph.disputed:
        return None
    longest: list[PathLength] = []
    shortest: list[PathLength] = []
    for node in graph.nodes:
        here = weighted_layers(node)
        conv = here if _family(node) == CONVOLUTION else 0
        # No path from an input leads through a learned tensor.
        reads = [index for index in node.reads if _has_batch(graph.nodes[index])] or node.reads
        longest.append(_longer(max((longest[index] for index in reads), default=PathLength()), here, conv))
        shortest.append(_longer(min((shortest[index] for index in reads), default=PathLength()), here, conv))
    deepest = max(graph.outputs, key=lambda index: longest[index])
    known = Depth(longest[deepest], min(shortest[index] for index in graph.outputs))
    chances = [chance for node in graph.layers if graph.mode == "training" and (chance := _skipped(node))]
    if not chances:
        return known
    means: list[_Mean | None] = []
    for node in graph.nodes:
        reads = [index for index in node.reads if _has_batch(graph.nodes[index])] or node.reads
        means.append(_mean(node, [means[index] for index in reads], weighted_layers(node)))
    mean = means[deepest]
    return known._replace(
        expected=None if mean is None or mean.skipped else mean.mean + mean.more,
        bodies=len(chances),
        bodies_run=sum(1 - chance for chance in chances),
    )


def _has_batch(node: Node) -> bool:
    return node.shape is None or node.shape.batched


def _longer(path: PathLength, layers: int, convs: int) -> PathLength:
    return PathLength(path.layers + layers, path.convs + convs)


def _family(node: Node) -> str:
    return "" if node.fit is None else node.fit.layer.family


def _skipped(node: Node) -> Ratio:
    """The probability with which training leaves out what comes before a node."""
    chance = 0.0 if node.fit is None else node.fit.layer.skipped
    return fraction(chance).limit_denominator(10**6) if chance else 0


def _mean(node: Node, operands: Sequence[_Mean | None], here: int) -> _Mean | None:
    """The mean length of the longest path to a node, of those that are not left out; None where it is not known.

    The operands of a merge are compared exactly where all that varies comes before the point where they part.
    """
    if not operands:
        return _Mean(node.index, 0, here)
    lengths = [length for length in operands if length is not None]
    if len(lengths) < len(operands) or len({length.since for length in lengths}) > 1:
        return None
    first = lengths[0]
    if len(lengths) == 1:
        skipped = 1 - (1 - first.skipped) * (1 - _skipped(node))
        return first._replace(more=first.more + here, skipped=skipped)
    always = [length.more for length in lengths if not length.skipped]
    varying = [length for length in lengths if length.skipped]
    if not varying:
        return first._replace(more=max(always) + here)
    if len(varying) > 1 or not always:
        return None
    (body,) = varying
    mean = body.mean + body.skipped * max(always) + (1 - body.skipped) * max(*always, body.more)
    return _Mean(node.index, mean, here)
