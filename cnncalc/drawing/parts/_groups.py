"""Parts that repeat together: what a spec repeats that is not a block, such as a residual."""

from collections.abc import Hashable, Sequence

from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire
from cnncalc.record import NamedTuple

# As many parts repeat together at most: longer stretches would rarely be repeats, and are slow to find.
LONGEST = 16
# Fewer parts are seen at a glance, and are not put into groups.
FEWEST = 9


class _Stretch(NamedTuple):
    """Parts from `start` on that repeat `times` times, `length` of them each time."""

    start: int
    length: int
    times: int


def group(block: DrawnPart) -> list[DrawnPart]:
    """Put repeated parts of a block into groups, as if each were a block; returns the groups, without their forms.

    A group reads one tensor, which the one before it makes, and nothing else leaves it.
    """
    stretches = _stretches(block)
    if not stretches:
        return []
    parts: list[DrawnPart] = []
    groups: list[DrawnPart] = []
    # Where each part goes: its place in the block, or the group that it is in and its place there.
    place: list[tuple[int, DrawnPart | None, int]] = []
    index = 0
    for stretch in (*stretches, _Stretch(len(block.parts), 0, 0)):
        place += [(len(parts) + offset, None, 0) for offset in range(stretch.start - index)]
        parts += block.parts[index : stretch.start]
        index = stretch.start
        for _ in range(stretch.times):
            inner = DrawnPart(None, block)
            inner.parts = block.parts[index : index + stretch.length]
            place += [(len(parts), inner, offset) for offset in range(stretch.length)]
            for part in inner.parts:
                part.up = inner
            parts.append(inner)
            groups.append(inner)
            index += stretch.length
    block.parts = parts
    block.wires = _moved(block.wires, place)
    return groups


def _moved(wires: Sequence[Wire], place: Sequence[tuple[int, DrawnPart | None, int]]) -> list[Wire]:
    """The wires of the block between its parts and groups; those inside a group go into it."""
    outer: dict[Wire, None] = {}
    inside: dict[int, dict[Wire, None]] = {}
    groups: dict[int, DrawnPart] = {}
    for tensor, source, target in wires:
        start, from_group, first = place[source] if source >= 0 else (source, None, 0)
        end, to_group, last = place[target] if target >= 0 else (target, None, 0)
        if from_group is not None and from_group is to_group:
            groups[id(to_group)] = from_group
            inside.setdefault(id(from_group), {})[Wire(tensor, first, last)] = None
            continue
        if from_group is not None:
            groups[id(from_group)] = from_group
            from_group.exits[tensor] = None
            inside.setdefault(id(from_group), {})[Wire(tensor, first, OUT)] = None
        if to_group is not None:
            groups[id(to_group)] = to_group
            to_group.entries[tensor] = None
            inside.setdefault(id(to_group), {})[Wire(tensor, IN, last)] = None
        outer[Wire(tensor, start, end)] = None
    for key, part in groups.items():
        part.wires = list(inside[key])
    return list(outer)


def _stretches(block: DrawnPart) -> list[_Stretch]:
    """Every stretch that repeats, from the left, each with as few parts as it can have."""
    keys = [_key(part) for part in block.parts]
    reads: list[set[tuple[int, int]]] = [set() for _ in keys]
    read_by: list[set[int]] = [set() for _ in keys]
    for tensor, source, target in block.wires:
        if target >= 0:
            reads[target].add((tensor, source))
        if source >= 0:
            read_by[source].add(target)
    stretches = []
    index = 0
    while index < len(keys):
        best = None
        for length in range(2, min(LONGEST, (len(keys) - index) // 2) + 1):
            pattern = keys[index : index + length]
            # One part that repeats is no group.
            if None not in pattern and keys[index] == keys[index + length] and len(set(pattern)) > 1:
                times = _times(keys, reads, read_by, index, length)
                if times * length >= FEWEST:
                    best = _Stretch(index, length, times)
                    break
        if best is None:
            index += 1
        else:
            stretches.append(best)
            index += best.length * best.times
    return stretches


def _key(part: DrawnPart) -> Hashable:
    """What is equal for the same item of the spec in two repetitions; None for what never repeats."""
    if part.is_layer:
        node = part.nodes[0]
        return None if node.item is None else (part.form, part.times, id(node.item))
    return None if part.use is None else (part.form, part.times, id(part.use.item))


def _times(
    keys: Sequence[Hashable],
    reads: Sequence[set[tuple[int, int]]],
    read_by: Sequence[set[int]],
    start: int,
    length: int,
) -> int:
    """How often a stretch repeats; 1 if it does not."""
    times = 1
    pattern = keys[start : start + length]
    if not _closed(reads, read_by, start, length):
        return 1
    while True:
        following = start + times * length
        if list(keys[following : following + length]) != list(pattern):
            return times
        # It reads what the last part of the one before makes, and is the only reader of it.
        sources = {
            source
            for part in range(following, following + length)
            for _, source in reads[part]
            if source < following
        }
        if sources != {following - 1} or max(read_by[following - 1], default=0) >= following + length:
            return times
        if OUT in read_by[following - 1] or not _closed(reads, read_by, following, length):
            return times
        times += 1


def _closed(
    reads: Sequence[set[tuple[int, int]]], read_by: Sequence[set[int]], start: int, length: int
) -> bool:
    """Whether one tensor enters a stretch, and only what its last part makes leaves it."""
    end = start + length
    entering = {pair for part in range(start, end) for pair in reads[part] if not start <= pair[1] < end}
    inner = all(start <= reader < end for part in range(start, end - 1) for reader in read_by[part])
    return len(entering) == 1 and inner
