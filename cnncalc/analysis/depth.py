"""How deep a network is: the layers with weights along its paths, as papers count them, and how many run on average."""

from fractions import Fraction

from cnncalc.graph import Graph, Node
from cnncalc.layers import layer_type, names
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.families import WEIGHTED


class Depth(NamedTuple):
    """Convolutions and fully-connected layers on the paths from an input to an output.

    `longest` is what papers call the number of layers: 152 for ResNet-152. Layers beside the path, such as the
    projections of its shortcuts, are not on it. `shortest` is the path with the fewest. `expected` is the mean of the
    longest path over the images of a training step, where stochastic depth leaves out bodies of residual blocks: None
    without it, and where what is left out does not follow one after the other. `bodies` is how many bodies may be left
    out, `bodies_run` how many of them run on average.
    """

    longest: int
    shortest: int
    expected: Fraction | None = None
    bodies: int = 0
    bodies_run: Fraction = Fraction(0)


class _Random(NamedTuple):
    """A length that varies: the mean up to node `since`, from which on `more` layers are certain.

    With the probability `skipped` the values that arrive are all zero.
    """

    since: int
    mean: Fraction
    more: int
    skipped: Fraction = Fraction(0)


def depth(graph: Graph) -> Depth | None:
    """The depth of a graph; None where an error hides a part of it, and where no path leads to an output."""
    if not graph.whole or graph.disputed or not graph.outputs:
        return None
    longest: list[int] = []
    shortest: list[int] = []
    means: list[_Random | None] = []
    for node in graph.nodes:
        here = int(has_weights(node))
        longest.append(here + max((longest[index] for index in node.inputs), default=0))
        shortest.append(here + min((shortest[index] for index in node.inputs), default=0))
        means.append(_mean(node, [means[index] for index in node.inputs], here))
    chances = [chance for node in graph.layers if graph.mode == "training" and (chance := _skipped(node))]
    found = Depth(
        max(longest[index] for index in graph.outputs), min(shortest[index] for index in graph.outputs)
    )
    if not chances:
        return found
    deepest = max(graph.outputs, key=lambda index: longest[index])
    mean = means[deepest]
    return found._replace(
        expected=None if mean is None or mean.skipped else mean.mean + mean.more,
        bodies=len(chances),
        bodies_run=sum((1 - chance for chance in chances), Fraction(0)),
    )


def has_weights(node: Node) -> bool:
    """Whether papers would count it among the layers: a convolution or a fully-connected layer."""
    kind = layer_type(node.kind) if node.kind in names() else None
    return kind is not None and kind.family in WEIGHTED


def _skipped(node: Node) -> Fraction:
    """With which probability training leaves out what comes before it."""
    chance = 0.0 if node.fit is None else node.fit.layer.skipped
    return Fraction(chance).limit_denominator(10**6)


def _mean(node: Node, operands: list[_Random | None], here: int) -> _Random | None:
    """The mean length of the longest path to a node that is not left out; None where it is not known.

    Operands of a merge are compared path by path, which is exact where all that varies lies before they part.
    """
    if not operands:
        return _Random(node.index, Fraction(0), here)
    first = operands[0]
    if any(one is None or first is None or one.since != first.since for one in operands):
        return None
    lengths = [one for one in operands if one is not None]
    if len(lengths) == 1:
        (one,) = lengths
        skipped = 1 - (1 - one.skipped) * (1 - _skipped(node))
        return one._replace(more=one.more + here, skipped=skipped)
    always = [one.more for one in lengths if not one.skipped]
    varying = [one for one in lengths if one.skipped]
    if not varying:
        return lengths[0]._replace(more=max(always) + here)
    if len(varying) > 1 or not always:
        return None
    (body,) = varying
    mean = body.mean + body.skipped * max(always) + (1 - body.skipped) * max(*always, body.more)
    return _Random(node.index, mean, here)
