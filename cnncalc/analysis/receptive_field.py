"""What of the input a value can see.

Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural Networks (Distill): along one axis a
layer whose output reads `e` positions, `s` apart from output to output, from `b` on, makes of a field of size r,
stride j and start a one of size r + (e - 1)*j, stride j*s and start a + b*j. Over branches: the union.
"""

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.exact import plain
from cnncalc.graph import Fit, Graph, Node
from cnncalc.layers import Reach
from cnncalc.shape import Shape

if TYPE_CHECKING:
    from fractions import Fraction


class Field(NamedTuple):
    """Along one axis of the input: positions that one value sees, pixels from value to value, first position seen.

    The start may be negative: padding is counted as seen. A stride below 1 comes from layers that enlarge.
    """

    size: int
    stride: "int | Fraction"
    start: "int | Fraction"


class Disagreement(NamedTuple):
    """A merge whose operands step through the input at different strides: `inputs` are nodes' indices."""

    node: int
    axis: str
    inputs: tuple[int, int]
    strides: "tuple[int | Fraction, int | Fraction]"


Fields = tuple[Field, ...]
POINT = Field(1, 1, 0)
# Pixels from which on a field is not told: it grows with every layer, whatever the input's size.
MOST = 10**36


def receptive_fields(graph: Graph) -> tuple[list[Fields | None], list[Disagreement]]:
    """Of every node its field along each axis of the input (None where unknown), and where paths disagree."""
    fields: list[Fields | None] = []
    disagreements: list[Disagreement] = []
    # By layer and shapes what an output reads; () where that is its own position, None where that is not told.
    known: dict[Fit, tuple[Reach, ...] | None] = {}
    for node in graph.nodes:
        if node.is_input:
            fields.append((POINT,) * node.shape.rank if node.shape else None)
            continue
        fit = node.fit
        if fit is None or fit.output is None:
            fields.append(None)
            continue
        before = fields[node.inputs[0]]
        if len(node.inputs) > 1 and not fit.layer.reads_first:
            before = _union(graph, node, fields, disagreements)
        if before is None:
            fields.append(None)
            continue
        if fit not in known:
            told = fit.layer.reach(fit.inputs)
            known[fit] = () if told is not None and all(reach == (1, 1, 0) for reach in told) else told
        reaches = known[fit]
        if reaches == ():
            fields.append(before)
            continue
        if reaches is None or len(reaches) != len(before):
            fields.append(None)
            continue
        grown = tuple(
            Field(
                ceil(at.size + (reach.extent - 1) * at.stride),
                plain(at.stride * reach.stride),
                plain(at.start + reach.start * at.stride),
            )
            for at, reach in zip(before, reaches, strict=True)
        )
        fields.append(None if any(map(_beyond, grown)) else grown)
    return fields, disagreements


def _union(
    graph: Graph, node: Node, fields: list[Fields | None], disagreements: list[Disagreement]
) -> Fields | None:
    """The union of the operands' fields. An operand of one position is spread over all: it has no stride to agree."""
    assert node.fit is not None
    told = [(at, fields[at], shape) for at, shape in zip(node.inputs, node.fit.inputs, strict=True)]
    known = [(at, field, shape) for at, field, shape in told if field is not None]
    if len(known) != len(told) or len({len(field) for _, field, _ in known}) != 1:
        return None
    result = []
    for axis in range(len(known[0][1])):
        wide = [one for one in known if _positions(one[2], axis) > 1] or known
        first, lead, _ = wide[0]
        for at, field, _ in wide[1:]:
            if field[axis].stride != lead[axis].stride:
                name = node.fit.inputs[0].axes[axis] if node.fit.inputs[0].rank else "features"
                strides = (lead[axis].stride, field[axis].stride)
                disagreements.append(Disagreement(node.index, name, (first, at), strides))
                break
        start = min(field[axis].start for _, field, _ in known)
        end = max(field[axis].start + field[axis].size for _, field, _ in known)
        result.append(Field(ceil(end - start), lead[axis].stride, start))
    return tuple(result)


def _beyond(field: Field) -> bool:
    """Whether a field is too large to go on with, or its values too close together."""
    size, stride, start = field
    return size > MOST or stride > MOST or stride.denominator > MOST or not -MOST <= start <= MOST


def _positions(shape: Shape, axis: int) -> int:
    return shape.spatial[axis] if axis < shape.rank else 1
