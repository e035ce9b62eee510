"""The receptive field of a layer's output, from the field of the volume that the layer reads."""

from math import ceil, gcd

from cnncalc.analysis.field import Field, Span
from cnncalc.exact import plain
from cnncalc.layers import Reach

# The most phases that are kept. If there were more, positions are listed one by one, up to this number.
MOST_PHASES, MOST_POSITIONS = 1024, 4096
# The most taps of one layer that are checked one by one, if phases see pixels in no order.
MOST_TAPS = 1 << 20


def through(field: Field, reach: Reach, positions: int, axis: int) -> Field | None:
    """The field of the output of a layer that reads a volume with a field; None if it has too many phases to list.

    The output has `positions` along the axis that moves along this one, which is its `axis`.
    """
    own, shift, stride, _, _, image, coarsest, fixed, parts, rounded = field
    moved, step = len(own), reach.stride
    if step != 1:
        stride = stride * step
        if type(stride) is not int:
            stride = plain(stride)
        if stride > field.stride:
            rounded = rounded + stride
            coarsest = max(coarsest, stride)
    if len(reach.phases) == moved == 1:
        taps, span = reach.phases[0], own[0]
        phases: tuple[Span | None, ...] = (None,)
        if taps is not None and span is not None:
            first, apart, number = taps
            phases = ((span[0] + first * shift, span[1] + (first + (number - 1) * apart) * shift),)
        shift *= reach.shift
    else:
        period = len(reach.phases) * (moved // gcd(moved, reach.shift))
        count = period
        if period > MOST_PHASES:
            if positions > MOST_POSITIONS and period > MOST_POSITIONS:
                return None
            count = min(period, positions)
        read = _read(field, reach, count)
        if read is None:
            return None
        phases = read
        if count == period:
            shift = shift * (period // len(reach.phases) * reach.shift) // moved
        else:
            shift = ceil(stride * positions)
        phases, shift = shortest(phases, shift)
    still = shift == 0 and len(phases) == 1
    return Field(
        phases,
        shift,
        stride,
        None if still else axis,
        1 if still else positions,
        image,
        coarsest,
        fixed,
        parts,
        rounded,
    )


def _read(field: Field, reach: Reach, count: int) -> tuple[Span | None, ...] | None:
    """What the first `count` positions of an output see; None if there are too many taps to check."""
    phases, shift, moved = field.phases, field.shift, len(field.phases)
    steady = _is_steady(phases, shift)
    spans: list[Span | None] = []
    left = MOST_TAPS
    for position in range(count):
        turns, phase = divmod(position, len(reach.phases))
        taps = reach.phases[phase]
        if taps is None:
            spans.append(None)
            continue
        base = taps.first + turns * reach.shift
        # Among the taps of one phase, the first one sees the first pixel, and the last one the last pixel.
        some = 1 if steady else min(taps.number, moved // gcd(moved, taps.step))
        left -= some
        if left < 0:
            return None
        first = last = None
        for tap in range(some):
            turn, index = divmod(base + tap * taps.step, moved)
            if (span := phases[index]) is not None and (first is None or span[0] + turn * shift < first):
                first = span[0] + turn * shift
            turn, index = divmod(base + (taps.number - 1 - tap) * taps.step, moved)
            if (span := phases[index]) is not None and (last is None or span[1] + turn * shift > last):
                last = span[1] + turn * shift
        spans.append(None if first is None or last is None else (first, last))
    return tuple(spans)


def _is_steady(phases: tuple[Span | None, ...], shift: int) -> bool:
    """Whether every position sees pixels, and none sees earlier pixels than the position before it."""
    if None in phases:
        return False
    spans = [span for span in phases if span is not None]
    follows = (*spans[1:], (spans[0][0] + shift, spans[0][1] + shift))
    return all(a[0] <= b[0] and a[1] <= b[1] for a, b in zip(spans, follows, strict=True))


def shortest(phases: tuple[Span | None, ...], shift: int) -> tuple[tuple[Span | None, ...], int]:
    """The same field with as few phases as possible."""
    for parts in _divisors(gcd(len(phases), shift) if shift else len(phases)):
        period, by = len(phases) // parts, shift // parts
        first = phases[:period]
        again = (_moved(span, turn * by) for turn in range(1, parts) for span in first)
        if all(span == other for span, other in zip(phases[period:], again, strict=True)):
            return first, by
    return phases, shift


def _moved(span: Span | None, by: int) -> Span | None:
    return span and (span[0] + by, span[1] + by)


def _divisors(number: int) -> list[int]:
    """Largest first, without 1."""
    return [part for part in range(number, 1, -1) if number % part == 0]
