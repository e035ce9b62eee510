"""A layout from sizes and edges: where every box is, and the way of every edge."""

from collections.abc import Collection, Sequence

from cnncalc.drawing.layout._columns import columns
from cnncalc.drawing.layout._order import ordered
from cnncalc.drawing.layout._rows import in_rows
from cnncalc.record import NamedTuple

# Free space between rows: more where edges have to go far to the side.
GAP, WIDE_GAP = 22.0, 34.0


class Extent(NamedTuple):
    """The size of a box: what it takes left and right of the line on which edges come in, and its height."""

    left: float
    right: float
    height: float


class Link(NamedTuple):
    """The way of an edge: a point at its end, and before it the top and bottom of every row that it goes through.

    The points are pairs of x and y; `far` is an edge over too many rows to be drawn as a line, which has no points.
    """

    points: tuple[tuple[float, float], ...]
    far: bool = False


class Layout(NamedTuple):
    """The line of each box (x) and its top (y), the way of each edge, and the size of it all, from 0 on."""

    x: list[float]
    y: list[float]
    links: list[Link]
    width: float
    height: float


def layered(
    extents: Sequence[Extent], edges: Sequence[tuple[int, int]], lowest: Collection[int] = ()
) -> Layout:
    """Boxes in rows, each below what it reads. An edge against the order of the boxes is turned round.

    Equal input gives an equal layout. The time is linear in the boxes and in the rows that edges cross.
    """
    count = len(extents)
    turned = [(min(edge), max(edge)) for edge in edges]
    grid = in_rows(count, turned, lowest)
    ordered(grid)
    points = len(grid.up) - count
    left = [extent.left for extent in extents] + [0.0] * points
    right = [extent.right for extent in extents] + [0.0] * points
    x = columns(grid, left, right)
    start = min((place - side for place, side in zip(x, left, strict=True)), default=0.0)
    x = [place - start for place in x]
    y, bands, height = _rows_down(grid.rows, extents, x, grid.down)
    links = []
    for edge, path, (source, target) in zip(edges, grid.paths, turned, strict=True):
        if not path:
            links.append(Link((), far=True))
            continue
        way = [(x[source], y[source] + extents[source].height), (x[source], bands[source][1])]
        for point in path[1:-1]:
            way += [(x[point], bands[point][0]), (x[point], bands[point][1])]
        way += [(x[target], bands[target][0]), (x[target], y[target])]
        links.append(Link(tuple(way if edge[0] == source else reversed(way))))
    width = max((place + side for place, side in zip(x, right, strict=True)), default=0.0)
    return Layout(x[:count], y[:count], links, width, height)


def _rows_down(
    rows: Sequence[Sequence[int]],
    extents: Sequence[Extent],
    x: Sequence[float],
    down: Sequence[Sequence[int]],
) -> tuple[list[float], list[tuple[float, float]], float]:
    """The top of each box, top and bottom of the row of each box and point, and the height of all rows."""
    count = len(extents)
    tops = [0.0] * len(x)
    bands = [(0.0, 0.0)] * len(x)
    top = 0.0
    for number, row in enumerate(rows):
        height = max((extents[box].height for box in row if box < count), default=0.0)
        for box in row:
            bands[box] = (top, top + height)
            tops[box] = top + (height - extents[box].height) / 2 if box < count else top
        top += height
        if number < len(rows) - 1:
            aside = max((abs(x[box] - x[other]) for box in row for other in down[box]), default=0.0)
            top += WIDE_GAP if aside > 1 else GAP
    return tops, bands, top
