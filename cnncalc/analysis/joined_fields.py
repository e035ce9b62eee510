"""The field of operands that lie one after another along a spatial axis: each position is of one of them."""

from math import ceil

from cnncalc.analysis.field import Field, Span
from cnncalc.analysis.field_through import MOST_POSITIONS, shortest
from cnncalc.analysis.field_union import union
from cnncalc.analysis.fieldwork import Fields, Following, UnknownField, is_known
from cnncalc.graph import BoundLayer, Node


def joined(following: Following, node: Node, fit: BoundLayer, along: int) -> Fields:
    """What each position sees, if the operands are joined along this axis. Raises `UnknownField`."""
    results = [following.work.results[source] for source in node.inputs]
    sizes = [shape.spatial[along] for shape in fit.inputs]
    if sum(sizes) > MOST_POSITIONS:
        raise UnknownField
    operands = [result if is_known(result) else None for result in results]
    first = next(fields for fields in operands if fields is not None)
    together = []
    for index in range(len(first)):
        fields = tuple(None if known is None else known[index] for known in operands)
        if _is_across(fields, along) and len({field for field in fields if field is not None}) > 1:
            # Which operand a position is of depends on its place along the other axis: all of them are the most.
            following.work.random[node.index] = node.name
        together.append(following.limited(_along(fields, sizes, along)))
    return tuple(together)


def _is_across(fields: tuple[Field | None, ...], along: int) -> bool:
    """Whether all of them move along another axis than that along which the operands are joined."""
    return all(field.axis not in (None, along) for field in fields if field is not None)


def _along(fields: tuple[Field | None, ...], sizes: list[int], along: int) -> Field | None:
    seeing = [field for field in fields if field is not None]
    if _is_across(fields, along):
        if len({field.axis for field in seeing}) > 1:
            raise UnknownField
        return union(seeing, seeing[0].positions)
    if any(field.axis not in (None, along) for field in seeing):
        raise UnknownField
    spans: list[Span | None] = []
    for field, size in zip(fields, sizes, strict=True):
        spans += [None if field is None else field.at(position) for position in range(size)]
    lead = next((field for field in seeing if field.stride), seeing[0])
    phases, shift = shortest(tuple(spans), ceil(lead.stride * len(spans)))
    return lead._replace(
        phases=phases,
        shift=shift,
        axis=along,
        positions=len(spans),
        coarsest=max(field.coarsest for field in seeing),
        rounded=max(field.rounded for field in seeing),
        fixed=None,
        parts=any(field.parts for field in seeing),
    )
