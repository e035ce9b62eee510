"""The figures of a part: sums over its layers, with what is unknown of them."""

from collections.abc import Sequence

from cnncalc.analysis import Analysis, Fields, Inexact
from cnncalc.analysis.parameters import stated
from cnncalc.drawing.parts._part import DrawnPart, nodes_of
from cnncalc.graph import Node
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import Storage


class Count(NamedTuple):
    """A sum: what is known of it, and whether that is all of it."""

    known: int
    exact: bool


class PartFigures(NamedTuple):
    """The figures of one image, over all repetitions of a part. `shape` is what it gives at the end; None is unknown.

    `field` is that of its last layer, with `inexact`, which says why it is a bound.
    """

    shape: Shape | None
    params: Count
    macs: Count
    activations: Count
    field: Fields | None
    inexact: Inexact | None


def figures_of(analysis: Analysis, uses: Sequence[DrawnPart]) -> PartFigures:
    """The figures of a part, or of a run of parts. The shape is that of the tensor that leaves the last of them.

    A layer has its own shape, also where a view of it that joins it, as `flatten`, gives another one.
    """
    params = macs = activations = 0
    unknown = [False, False, False]
    last = None
    for node in nodes_of(uses):
        index, last = node.index, node
        owned, done, stored = analysis.parameters[index], analysis.work[index], analysis.storage[index]
        own = stated(node) if owned is None else owned.params
        params += own or 0
        macs += 0 if done is None else done.macs
        activations += 0 if stored is None else stored.values
        for number, missing in enumerate((own is None, done is None, stored is None)):
            unknown[number] |= missing
    final = uses[-1]
    if final.exits:
        last = analysis.graph.nodes[next(iter(final.exits))]
    elif final.is_layer:
        last = _own_end(analysis, final)
    assert last is not None, "a part has nodes"
    return PartFigures(
        last.shape,
        Count(params, not unknown[0]),
        Count(macs, not unknown[1]),
        Count(activations, not unknown[2]),
        analysis.receptive_fields[last.index],
        analysis.field_exactness[last.index],
    )


def is_unknown(figures: PartFigures) -> bool:
    """Whether nothing is known of the shape, the parameters or the multiply-adds."""
    return figures.shape is None or any(
        not count.exact and not count.known for count in (figures.params, figures.macs)
    )


def reshapes(analysis: Analysis, node: Node) -> bool:
    """Whether a node gives the tensor before it another shape, and computes nothing."""
    stored = analysis.storage[node.index]
    if stored is None or stored.storage is not Storage.VIEW:
        return False
    return node.shape != analysis.graph.nodes[node.inputs[0]].shape


def _own_end(analysis: Analysis, part: DrawnPart) -> Node:
    """The last node of a layer before a view of it has another shape."""
    end = part.nodes[0]
    for node in part.nodes[1:]:
        if reshapes(analysis, node):
            break
        end = node
    return end


def weighs(analysis: Analysis, part: DrawnPart) -> bool:
    """Whether a layer has parameters or multiply-adds, or may have: then its box has a line for them."""
    for node in part.nodes:
        owned, done = analysis.parameters[node.index], analysis.work[node.index]
        if not node.is_input and (owned is None or done is None or owned.params or done.macs):
            return True
    return False
