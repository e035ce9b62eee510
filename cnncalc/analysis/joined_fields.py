"""The field of operands that lie one after another along a spatial axis: each position is of one of them."""

from math import ceil

from cnncalc.analysis.field import MOST_POSITIONS, Field, Span, shortest
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
    return tuple(
        _along(tuple(None if fields is None else fields[index] for fields in operands), sizes, along)
        for index in range(len(first))
    )


def _along(fields: tuple[Field | None, ...], sizes: list[int], along: int) -> Field:
    seeing = [field for field in fields if field is not None]
    if all(field.axis not in (None, along) for field in seeing):
        # Along this axis of the source the operands do not follow one another: they must agree.
        if any(field != seeing[0] for field in seeing):
            raise UnknownField
        return seeing[0]
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
