"""The order in each row: few crossings, by barycentres (Sugiyama, Tagawa & Toda 1981, section III)."""

from bisect import bisect, insort
from collections.abc import Sequence
from itertools import pairwise

from cnncalc.drawing.layout._rows import RowGrid

# Sweeps down and up. More of them hardly remove a crossing that these leave.
SWEEPS = 8


def ordered(grid: RowGrid) -> None:
    """Order the rows in place, as the best of several sweeps has them. The first order breaks every tie."""
    if all(len(row) < 2 for row in grid.rows):
        return
    best = [list(row) for row in grid.rows]
    fewest = crossings(grid)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        downwards = sweep % 2 == 0
        rows = grid.rows if downwards else grid.rows[::-1]
        neighbours = grid.up if downwards else grid.down
        for before, row in pairwise(rows):
            _sort(row, before, neighbours)
        count = crossings(grid)
        if count < fewest:
            fewest, best = count, [list(row) for row in grid.rows]
    for row, order in zip(grid.rows, best, strict=True):
        row[:] = order


def _sort(row: list[int], before: Sequence[int], neighbours: Sequence[Sequence[int]]) -> None:
    """By the mean position of the neighbours in the row before; what has none there stays near its place."""
    if len(row) < 2:
        return
    position = {box: index for index, box in enumerate(before)}
    scale = len(before) / len(row)
    means = {
        box: sum(position[neighbour] for neighbour in neighbours[box]) / len(neighbours[box])
        if neighbours[box]
        else index * scale
        for index, box in enumerate(row)
    }
    row.sort(key=means.__getitem__)


def crossings(grid: RowGrid) -> int:
    """How many pairs of edges cross."""
    count = 0
    for row, below in pairwise(grid.rows):
        if len(row) < 2 or len(below) < 2:
            continue
        position = {box: index for index, box in enumerate(below)}
        ends: list[int] = []
        for box in row:
            targets = sorted(position[target] for target in grid.down[box])
            count += sum(len(ends) - bisect(ends, target) for target in targets)
            for target in targets:
                insort(ends, target)
    return count
