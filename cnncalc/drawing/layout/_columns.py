"""Where boxes are from left to right: chains and long edges are straight (Brandes & Köpf 2001)."""

from collections.abc import Sequence
from itertools import pairwise

from cnncalc.drawing.layout._compact import compacted
from cnncalc.drawing.layout._rows import RowGrid


def columns(grid: RowGrid, left: Sequence[float], right: Sequence[float]) -> list[float]:
    """The column of each box and point: `left` and `right` are what it takes on both sides.

    Four times, from above and below, from the left and the right, each box is put under the middle one of those that
    it is connected to, and the rest is pushed together. The mean of the two middle results is taken: it is
    symmetrical, and no two boxes overlap.
    """
    crossed = _crossed(grid)
    results = []
    for upwards in (False, True):
        rows = grid.rows[::-1] if upwards else grid.rows
        neighbours = grid.down if upwards else grid.up
        for mirrored in (False, True):
            turned = [row[::-1] for row in rows] if mirrored else rows
            root = _aligned(turned, neighbours, crossed)
            sides = (right, left) if mirrored else (left, right)
            places = compacted(turned, root, *sides)
            results.append([-place for place in places] if mirrored else places)
    return _middle(results, left, right)


def _crossed(grid: RowGrid) -> set[tuple[int, int]]:
    """Edges that cross a long one, where neither of their ends is a point: the long one stays straight."""
    crossed: set[tuple[int, int]] = set()
    for row, below in pairwise(grid.rows):
        if not any(box >= grid.boxes for box in row):
            continue
        position = {box: index for index, box in enumerate(row)}
        inner = [
            (index, position[grid.up[box][0]])
            for index, box in enumerate(below)
            if box >= grid.boxes and grid.up[box][0] >= grid.boxes
        ]
        if not inner:
            continue
        # Edges of the boxes between two long edges have to stay between them in the row above as well.
        bounds = [(-1, -1), *inner, (len(below), len(row))]
        for (first, low), (last, high) in pairwise(bounds):
            for box in below[first + 1 : last]:
                for source in grid.up[box]:
                    if not low <= position[source] <= high:
                        crossed.add((source, box))
    return crossed


def _aligned(
    rows: Sequence[Sequence[int]], neighbours: Sequence[Sequence[int]], crossed: set[tuple[int, int]]
) -> list[int]:
    """For each box the first one of its column."""
    root = list(range(len(neighbours)))
    taken = [False] * len(neighbours)
    position = [0] * len(neighbours)
    for row in rows:
        for index, box in enumerate(row):
            position[box] = index
        before = -1
        for box in row:
            above = sorted(neighbours[box], key=position.__getitem__)
            middle = len(above) - 1
            for other in above[middle // 2 : -(-middle // 2) + 1]:
                free = not taken[other] and before < position[other]
                if free and (other, box) not in crossed and (box, other) not in crossed:
                    taken[other] = True
                    root[box] = root[other]
                    before = position[other]
                    break
    return root


def _middle(results: list[list[float]], left: Sequence[float], right: Sequence[float]) -> list[float]:
    """The mean of the two middle ones of four results, after each is moved to a side of the narrowest."""
    if not results[0]:
        return []
    edges = [
        (
            min(place - side for place, side in zip(result, left, strict=True)),
            max(place + side for place, side in zip(result, right, strict=True)),
        )
        for result in results
    ]
    low, high = min(edges, key=lambda edge: edge[1] - edge[0])
    moved = []
    for number, (result, (first, last)) in enumerate(zip(results, edges, strict=True)):
        shift = high - last if number % 2 else low - first
        moved.append([place + shift for place in result])
    return [(middle[1] + middle[2]) / 2 for middle in map(sorted, zip(*moved, strict=True))]
