"""What several fields see together: from the first of all pixels to the last.

Only merges and networks with several inputs need it, so it is imported where there is one.
"""

from math import ceil, gcd, lcm

from cnncalc.analysis.field import Field, Span
from cnncalc.analysis.field_through import MOST_PHASES, MOST_POSITIONS, shortest
from cnncalc.exact import plain


def listed(field: Field, count: int) -> tuple[Span | None, ...]:
    """What the first `count` positions see, without `fixed`."""
    bare = field._replace(fixed=None)
    return tuple([bare.at(position) for position in range(count)])


def pace(field: Field) -> tuple[int, int]:
    """The number of pixels for this number of positions, in lowest terms."""
    common = gcd(field.shift, len(field.phases))
    return field.shift // common, len(field.phases) // common


def union(fields: list[Field], positions: int) -> Field | None:
    """What the positions of several volumes see together; None if there are too many phases to list.

    All of them move along the same axis of their volumes, and have the same number of positions.
    """
    first = fields[0]
    if all(field.phases == first.phases and field.shift == first.shift for field in fields):
        phases, shift = first.phases, first.shift
    elif len({pace(field) for field in fields}) == 1:
        period = lcm(*(len(field.phases) for field in fields))
        count = period
        if period > MOST_PHASES:
            if positions > MOST_POSITIONS and period > MOST_POSITIONS:
                return None
            count = min(period, positions)
        going, turn = pace(first)
        shift = period // turn * going if count == period else ceil(first.stride * positions)
        phases, shift = shortest(_hulls(fields, count), shift)
    else:
        # Positions move further on one path than on another: nothing repeats.
        if positions > MOST_POSITIONS:
            return None
        phases = _hulls(fields, positions)
        ways = [plain(field.stride * positions) for field in fields]
        shift = next((way for way in ways if isinstance(way, int)), ceil(ways[0]))
    strides = [field.stride for field in fields if field.stride] or [first.stride]
    return first._replace(
        phases=phases,
        shift=shift,
        positions=positions,
        # If one path was rounded, the whole step of the other is more exact.
        stride=next((step for step in strides if isinstance(step, int)), strides[0]),
        coarsest=max(field.coarsest for field in fields),
        rounded=max(field.rounded for field in fields),
        fixed=hull([field.fixed for field in fields]),
        parts=any(field.parts for field in fields),
    )


def _hulls(fields: list[Field], count: int) -> tuple[Span | None, ...]:
    return tuple([hull(spans) for spans in zip(*(listed(field, count) for field in fields), strict=True)])


def hull(spans: "list[Span | None] | tuple[Span | None, ...]") -> Span | None:
    """From the first of all pixels to the last; a span without pixels adds nothing."""
    known = [span for span in spans if span is not None]
    return (min(span[0] for span in known), max(span[1] for span in known)) if known else None


def of_one_position(fields: tuple[Field, ...]) -> Field:
    """What several single positions see together."""
    first = next((field for field in fields if field.axis is not None), fields[0])
    span = hull([field.at(0) if field.fixed is None else field.phases[0] for field in fields])
    return first._replace(
        phases=(span,),
        fixed=hull([field.fixed for field in fields]),
        parts=any(field.parts for field in fields),
    )
