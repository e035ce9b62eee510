"""Sets of positions along one axis, as bits of a number, and how a layer's reach maps them."""

from cnncalc.analysis.certainty import NotFollowed
from cnncalc.layers import Reach
from cnncalc.vocabulary.reach import Taps

# The largest set that is followed, in bits.
MOST_BITS = 1 << 20


class TooLarge(NotFollowed):
    """There are too many positions to follow."""


def read(positions: int, reach: Reach, size: int) -> tuple[int, bool]:
    """The positions of an input of `size` that some output positions read, and whether they also read outside of it."""
    period = len(reach.phases)
    count, outside = 0, False
    # Written out once: of many phases, as of the rows of a volume in one axis, each takes its part.
    digits = _digits(positions) if period > 1 else ""
    for phase, taps in enumerate(reach.phases):
        turns = _number(digits[phase::period]) if period > 1 else positions
        if not turns or taps is None:
            continue
        _check(turns.bit_length() * max(1, reach.shift) + taps.number * taps.step + abs(taps.first))
        bits = _widened(_apart(turns, reach.shift), taps)
        if taps.first >= 0:
            bits <<= taps.first
        else:
            outside = outside or bool(bits & ((1 << -taps.first) - 1))
            bits >>= -taps.first
        outside = outside or bool(bits >> size)
        count |= bits & ((1 << size) - 1)
    return count, outside


def reached(positions: int, reach: Reach, count: int) -> int:
    """The output positions, of `count`, that read some of these input positions."""
    period = len(reach.phases)
    every_turn: list[tuple[int, int]] = []
    for phase, taps in enumerate(reach.phases[:count]):
        if taps is None:
            continue
        many = (count - 1 - phase) // period + 1
        _check(positions.bit_length() + taps.number * taps.step + abs(taps.first) + many * period)
        moved = positions >> taps.first if taps.first >= 0 else positions << -taps.first
        # Bit i: whether one of the taps from i on is in the set.
        bits, have = moved, 1
        while have < taps.number:
            more = min(have, taps.number - have)
            bits |= bits >> (more * taps.step)
            have += more
        every = (1 << many) - 1
        # Without a shift all turns read the same positions.
        turns = _every(bits, reach.shift, 0) & every if reach.shift else every * (bits & 1)
        if turns:
            every_turn.append((phase, turns))
    return _interleaved(every_turn, period)


def all_of(size: int) -> int:
    """Every position of an axis. Raises `TooLarge` if it is too long to follow."""
    if size > MOST_BITS:
        raise TooLarge
    return (1 << size) - 1


def ends(positions: int) -> tuple[int, int] | None:
    """The first and the last of a set; None if it is empty."""
    return ((positions & -positions).bit_length() - 1, positions.bit_length() - 1) if positions else None


def _check(bits: int) -> None:
    if bits > 8 * MOST_BITS:
        raise TooLarge


def _every(positions: int, step: int, first: int) -> int:
    """Each `step`-th position from `first` on, as a new set."""
    if step == 1:
        return positions >> first
    return _number(_digits(positions)[first::step])


def _digits(positions: int) -> str:
    """A `0` or a `1` for each position up to the last, in order."""
    return bin(positions)[:1:-1]


def _number(digits: str) -> int:
    """The set of the positions that have a `1`."""
    return int(digits[::-1], 2) if digits else 0


def _interleaved(sets: list[tuple[int, int]], step: int) -> int:
    """Sets in one: of the set of a phase, position i becomes i*step + phase."""
    if step == 1 or not sets:
        return sets[0][1] if sets else 0
    digits = bytearray(b"0" * (step * max(turns.bit_length() for _, turns in sets)))
    for phase, turns in sets:
        digits[phase : phase + step * turns.bit_length() : step] = _digits(turns).encode()
    return int(digits[::-1], 2)


def _apart(positions: int, step: int) -> int:
    """Moves position i to i*step."""
    if step == 1 or positions <= 1:
        return positions
    return int(("0" * (step - 1)).join(bin(positions)[2:]), 2) if step else 1


def _widened(positions: int, taps: Taps) -> int:
    """Each position, and the further positions that taps from there read."""
    have = 1
    while have < taps.number:
        more = min(have, taps.number - have)
        positions |= positions << (more * taps.step)
        have += more
    return positions
