"""The row of each box, and the points of long edges in the rows between."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from cnncalc.record import NamedTuple

# Points of long edges at most, in all. Beyond it the longest edges are not drawn as lines, so that the time stays
# linear: a line over thousands of rows could not be followed by eye either.
MOST_POINTS = 20_000


class RowGrid(NamedTuple):
    """Boxes and points in rows; numbers from `boxes` on are points.

    `paths` are the points of each edge, with its two ends. `up` and `down` are the neighbours of each box and
    point. The path of an edge that is too long is empty.
    """

    boxes: int
    rows: list[list[int]]
    up: list[list[int]]
    down: list[list[int]]
    paths: list[list[int]]


def in_rows(count: int, edges: Sequence[tuple[int, int]], lowest: Collection[int]) -> RowGrid:
    """Each box below all that it reads, by the longest path; what reads nothing is just above its first reader.

    Every edge goes from a smaller number to a larger one. The boxes of `lowest` are in the last row.
    """
    readers: list[list[int]] = [[] for _ in range(count)]
    sources: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        readers[source].append(target)
        sources[target].append(source)
    row = [0] * count
    for box in range(count):
        row[box] = max((row[source] + 1 for source in sources[box]), default=0)
    for box in range(count - 1, -1, -1):
        if not sources[box] and readers[box]:
            row[box] = min(row[reader] for reader in readers[box]) - 1
    least = min(row, default=0)
    row = [number - least for number in row]
    last = max(row, default=0)
    for box in lowest:
        row[box] = last
    return _with_points(row, edges)


def _with_points(row: list[int], edges: Sequence[tuple[int, int]]) -> RowGrid:
    count = len(row)
    rows: list[list[int]] = [[] for _ in range(max(row, default=-1) + 1)]
    for box, number in enumerate(row):
        rows[number].append(box)
    up: list[list[int]] = [[] for _ in range(count)]
    down: list[list[int]] = [[] for _ in range(count)]
    paths: list[list[int]] = [[] for _ in edges]
    room = MOST_POINTS
    # Short edges first: where there is no room for all, the longest are left out.
    lengths = [row[target] - row[source] for source, target in edges]
    drawn = []
    for number in sorted(range(len(edges)), key=lambda number: (lengths[number], number)):
        room -= lengths[number] - 1
        if room >= 0:
            drawn.append(number)
    for number in sorted(drawn):
        source, target = edges[number]
        path = [source]
        for between in range(row[source] + 1, row[target]):
            point = len(up)
            up.append([])
            down.append([])
            rows[between].append(point)
            path.append(point)
        path.append(target)
        for above, below in pairwise(path):
            down[above].append(below)
            up[below].append(above)
        paths[number] = path
    return RowGrid(count, rows, up, down, paths)
