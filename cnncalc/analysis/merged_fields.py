"""The field of a merge: what its operands see together, and whether their paths agree."""

from typing import TYPE_CHECKING

from cnncalc.analysis.field import Field, Span, everywhere
from cnncalc.analysis.field_union import hull, of_one_position, union
from cnncalc.analysis.fieldwork import Disagreement, Fields, Following, UnknownField, is_known
from cnncalc.graph import BoundLayer, Node
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape

if TYPE_CHECKING:
    from fractions import Fraction


class _Operand(NamedTuple):
    """An operand of a merge."""

    number: int
    fields: Fields
    node: Node

    def is_spread(self, field: Field, shape: Shape) -> bool:
        """Whether all positions of the merge get the same values along the axis of a field."""
        if field.axis is None or not shape.rank:
            return shape.positions > 1
        assert self.node.shape is not None
        return self.node.shape.spatial[field.axis] == 1 < shape.spatial[field.axis]


def _holes(operands: list[_Operand]) -> bool:
    """Whether some positions of some operands see nothing, and not the same positions of all operands."""
    all_phases = [[field.phases for field in operand.fields] for operand in operands]
    return any(None in phases for fields in all_phases for phases in fields) and any(
        operand_phases != all_phases[0] for operand_phases in all_phases
    )


def merged(following: Following, node: Node, fit: BoundLayer, seeing: list[int]) -> Fields:
    """What the operands of a merge see together, before the merge itself reads them."""
    shape = fit.output
    assert shape is not None
    # A merge has the axes of its operands, each as long as the longest.
    operands = [_Operand(source, fields, following.graph.nodes[source]) for source in seeing
                if is_known(fields := following.work.results[source])]  # fmt: skip
    if numbers := fit.layer.reads_whole(fit.inputs):
        whole = {node.inputs[number] for number in numbers}
        operands = [
            _read_whole(following, operand) if operand.number in whole else operand for operand in operands
        ]
    first = operands[0].fields
    spread = [any(operand.is_spread(field, shape) for field in operand.fields) for operand in operands]
    for operand in operands:
        if shape.positions > 1 and all(operand.is_spread(field, shape) for field in operand.fields):
            following.note_whole(node, following.seen_by_all(operand.node))
    if not any(spread) and all(operand.fields is first for operand in operands):
        return first
    if shape.positions == 1:
        together = map(of_one_position, zip(*(operand.fields for operand in operands), strict=True))
        # Features have no positions, even if an operand is a volume of one value.
        return tuple([field if shape.rank else field._replace(axis=None) for field in together])
    if _holes(operands) and len({field.axis for operand in operands for field in operand.fields}) > 1:
        return _past_holes(operands)
    return tuple([_united(following, node, shape, operands, index) for index in range(len(first))])


def _read_whole(following: Following, operand: _Operand) -> _Operand:
    """An operand of which every position of the merge reads everything."""
    spans = following.seen_by_all(operand.node)
    fields = [everywhere(span, field) for span, field in zip(spans, operand.fields, strict=True)]
    return operand._replace(fields=tuple(fields))


def _united(following: Following, node: Node, shape: Shape, operands: list[_Operand], index: int) -> Field:
    moving: list[tuple[int, Field]] = []
    fixed: list[Span | None] = []
    for operand in operands:
        field = operand.fields[index]
        fixed.append(field.fixed)
        if not operand.is_spread(field, shape):
            moving.append((operand.number, field))
        else:
            fixed.append(following.seen_by_all(operand.node)[index])
    together = hull(fixed)
    if not moving:
        assert together is not None
        return everywhere(together, operands[0].fields[index])
    fields = [field for _, field in moving]
    if len({field.axis for field in fields}) > 1:
        raise UnknownField
    axis = fields[0].axis
    assert axis is not None
    positions = shape.spatial[axis]
    _compare(following, node, shape.axes[axis], positions, moving)
    result = following.limited(union(fields, positions))
    if together != result.fixed and None in result.phases:
        raise UnknownField
    return result._replace(fixed=together)


def _compare(
    following: Following, node: Node, axis: str, positions: int, moving: list[tuple[int, Field]]
) -> None:
    """Paths disagree if, from the first position to the last, they get a whole step (of the coarser path) apart.

    A smaller distance comes from rounding: an odd size that is halved and doubled, or aligned corners. A path that
    is halved several times can round by one step each time.
    """
    (index, lead), *others = [(index, field) for index, field in moving if field.stride] or moving
    for other, field in others:
        if field.stride == lead.stride:
            continue
        apart = _between(field.stride, lead.stride) * (positions - 1)
        rounding = _between(field.rounded, lead.rounded)
        if apart >= max(field.coarsest, lead.coarsest, rounding):
            strides = (lead.stride, field.stride)
            following.work.disagreements.append(Disagreement(node.index, axis, (index, other), strides))
            return


def _past_holes(operands: list[_Operand]) -> Fields:
    """If some positions of one path see nothing, an axis alone does not say what is seen, unless all is seen."""
    for operand in operands:
        if all(field.whole for field in operand.fields):
            return tuple([everywhere((0, field.image - 1), field) for field in operand.fields])
    raise UnknownField


def _between(first: "int | Fraction", other: "int | Fraction") -> "int | Fraction":
    return first - other if first > other else other - first
