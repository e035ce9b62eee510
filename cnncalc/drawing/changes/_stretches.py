"""Stretches of boxes that are folded into one: all that is alike between two tensors through which all else goes."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from cnncalc.drawing.changes._union import Union
from cnncalc.graph import BlockUse
from cnncalc.record import NamedTuple

# The places of the layers of a box, the blocks around it, and what it is folded by (empty: never).
Foldable: TypeAlias = tuple[tuple[int, ...], tuple[BlockUse, ...], str]
# Where a tensor comes in from outside.
OUTSIDE = -1


class _Level(NamedTuple):
    """What is inside of one frame, in order: boxes, and frames (None). `links` go from place to place."""

    boxes: list[int | None]
    links: set[tuple[int, int, int]]


def stretches(union: Union, boxes: Sequence[Foldable]) -> list[list[int]]:
    """The boxes by number, those together that are folded. What they read from each other stays in order."""
    joined = list(range(len(boxes)))
    keys = [key for _, _, key in boxes]
    for level in _levels(union, boxes):
        own = ["" if box is None else keys[box] for box in level.boxes]
        for first, second in _together(own, level.links):
            left, right = level.boxes[first], level.boxes[second]
            assert left is not None
            assert right is not None
            joined[_head(joined, right)] = _head(joined, left)
    groups: dict[int, list[int]] = {}
    for number in range(len(boxes)):
        groups.setdefault(_head(joined, number), []).append(number)
    return list(groups.values())


def _head(joined: list[int], number: int) -> int:
    while joined[number] != number:
        joined[number] = joined[joined[number]]
        number = joined[number]
    return number


def _levels(union: Union, boxes: Sequence[Foldable]) -> Iterator[_Level]:
    """The whole network, and every frame."""
    levels: dict[int, _Level] = {0: _Level([], set())}
    # For each layer its position inside of each frame around it.
    positions: list[dict[int, int]] = [{} for _ in union.nodes]
    frame_at: dict[int, int] = {}
    for number, (places, frames, _) in enumerate(boxes):
        around = [0, *map(id, frames)]
        for key, inner in zip(around, [*around[1:], None], strict=True):
            level = levels.setdefault(key, _Level([], set()))
            if inner is None or inner not in frame_at:
                level.boxes.append(number if inner is None else None)
                if inner is not None:
                    frame_at[inner] = len(level.boxes) - 1
            position = len(level.boxes) - 1 if inner is None else frame_at[inner]
            for place in places:
                positions[place][key] = position
    for reader, links in enumerate([*union.links, union.outputs]):
        for place, _ in links:
            ends = positions[reader] if reader < len(positions) else {}
            for key in {**positions[place], **ends}:
                start = positions[place].get(key, OUTSIDE)
                end = ends.get(key, len(levels[key].boxes))
                if start != end:
                    levels[key].links.add((place, start, end))
    yield from levels.values()


def _together(keys: Sequence[str], links: set[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Pairs of boxes that are folded into one."""
    count = len(keys)
    last: dict[tuple[int, int], int] = {}
    readers: list[set[int]] = [set() for _ in range(count)]
    sources: list[set[int]] = [set() for _ in range(count)]
    for place, start, end in links:
        last[place, start] = max(last.get((place, start), 0), end)
        if start != OUTSIDE:
            readers[start].add(end)
        if end < count:
            sources[end].add(start)
    yield from _chained(keys, readers, sources)
    before = None
    for segment, closed in _segments(count, last):
        alike = {keys[box] for box in segment}
        if closed and len(alike) == 1 and alike != {""}:
            yield from pairwise(segment)
            # All that the segment reads is what this box makes.
            if before is not None and keys[before] == keys[segment[0]]:
                yield before, segment[0]
        before = segment[-1] if closed else None


def _chained(
    keys: Sequence[str], readers: Sequence[set[int]], sources: Sequence[set[int]]
) -> Iterator[tuple[int, int]]:
    """A box and its only reader, which reads nothing else."""
    for box in range(len(keys)):
        if keys[box] and len(sources[box]) == 1:
            (source,) = sources[box]
            if source != OUTSIDE and keys[source] == keys[box] and readers[source] == {box}:
                yield source, box


def _segments(count: int, last: dict[tuple[int, int], int]) -> Iterator[tuple[list[int], bool]]:
    """The boxes between tensors through which all else goes, in order; and whether the last one makes such a tensor."""
    ending = [0] * (count + 2)
    begun = [0] * count
    live = 0
    for (_, start), end in last.items():
        if start == OUTSIDE:
            live += 1
        else:
            begun[start] += 1
        ending[end] += 1
    segment: list[int] = []
    for box in range(count):
        # What this box reads last is not live after it.
        live -= ending[box]
        segment.append(box)
        live += begun[box]
        if live == begun[box] == 1:
            yield segment, True
            segment = []
    if segment:
        yield segment, False
