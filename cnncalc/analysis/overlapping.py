"""Finds the parts of a tensor that overlap a given part, without comparing every pair."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from math import gcd

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.region import Region, overlap


class OutputPart(NamedTuple):
    """The part of a tensor that a node's output is (None: any), and the last layer that reads it."""

    node: int
    region: Region | None
    last: int


class Parts:
    """Parts of one tensor, in the order of their nodes.

    They are distinguished along the dimension with the most ranges: by the step and the remainder of a range, then by
    where it begins and ends. So the work for a network of thousands of slices grows with their
    number, not with the number of pairs.
    """

    def __init__(self, parts: Sequence[OutputPart]) -> None:
        known = [part for part in parts if part.region is not None]
        dimensions = [
            {region.ranges[dimension] for _, region, _ in known if region is not None}
            for dimension in range(min((len(part.region.ranges) for part in known if part.region), default=0))
        ]
        self._dimension = max(range(len(dimensions)), key=lambda each: len(dimensions[each]), default=None)
        self._all = _Tree(parts, None)
        self._anywhere = _Tree([part for part in parts if self._range(part.region) is None], None)
        classes: dict[int, dict[int, list[OutputPart]]] = {}
        for part in parts:
            if (positions := self._range(part.region)) is not None and positions:
                remainders = classes.setdefault(positions.step, {})
                remainders.setdefault(positions.start % positions.step, []).append(part)
        self._classes = {
            step: {rest: _Tree(among, self._dimension) for rest, among in remainders.items()}
            for step, remainders in classes.items()
        }

    def _range(self, region: Region | None) -> range | None:
        return None if region is None or self._dimension is None else region.ranges[self._dimension]

    def read_after(self, region: Region | None, index: int) -> Iterator[int]:
        """The nodes whose part overlaps a region and is read after a node, in their order."""
        positions = self._range(region)
        among: Iterable[OutputPart]
        if positions is None:
            among = self._all.search(None, index)
        else:
            trees = [self._anywhere]
            for step, remainders in self._classes.items():
                common = gcd(step, positions.step)
                if common == step:
                    same = remainders.get(positions.start % step)
                    trees += [same] if same else []
                else:
                    trees += [
                        tree for rest, tree in remainders.items() if (rest - positions.start) % common == 0
                    ]
            among = merge(*(tree.search(positions, index) for tree in trees))
        yield from (part.node for part in among if overlap(region, part.region))


class _Tree:
    """A binary tree of parts in their order: where each half begins and ends, and when it is last read."""

    def __init__(self, parts: Sequence[OutputPart], dimension: int | None) -> None:
        self._parts, self._leaves = parts, 1
        while self._leaves < len(parts):
            self._leaves *= 2
        # The range of no part: it begins after all others, ends before them, and is never read.
        self._bounds = [(float("inf"), -1.0, -1)] * (2 * self._leaves)
        for number, part in enumerate(parts):
            self._bounds[self._leaves + number] = _bounds(part, dimension)
        for half in range(self._leaves - 1, 0, -1):
            left, right = self._bounds[2 * half], self._bounds[2 * half + 1]
            self._bounds[half] = (min(left[0], right[0]), max(left[1], right[1]), max(left[2], right[2]))

    def search(self, positions: range | None, index: int) -> Iterator[OutputPart]:
        """The parts that may have one of these positions (None: any), and are read after a node."""
        first, last = (0, float("inf")) if not positions else (positions[0], positions[-1])
        waiting = [1]
        while waiting:
            half = waiting.pop()
            begins, ends, read = self._bounds[half]
            if read <= index or begins > last or ends < first:
                continue
            if half >= self._leaves:
                yield self._parts[half - self._leaves]
            else:
                waiting += (2 * half + 1, 2 * half)


def _bounds(part: OutputPart, dimension: int | None) -> tuple[float, float, int]:
    if dimension is None or part.region is None:
        return 0, float("inf"), part.last
    positions = part.region.ranges[dimension]
    return positions[0], positions[-1], part.last
