"""Columns pushed together: each as far to the left as it can be, then towards what is on its right."""

from collections.abc import Sequence
from itertools import pairwise

# Free space between two neighbours, of which one is a point of an edge, or none is.
NEAR, APART = 16.0, 24.0


def compacted(
    rows: Sequence[Sequence[int]], root: Sequence[int], left: Sequence[float], right: Sequence[float]
) -> list[float]:
    """A place for each box; all of a column (with one `root`) have the same. Neighbours in a row do not overlap."""
    after: dict[int, dict[int, float]] = {}
    before: dict[int, dict[int, float]] = {}
    for row in rows:
        for left_box, right_box in pairwise(row):
            gap = NEAR if not (left[left_box] and left[right_box]) else APART
            apart = right[left_box] + gap + left[right_box]
            first, second = root[left_box], root[right_box]
            apart = max(apart, after.setdefault(first, {}).get(second, 0.0))
            after[first][second] = apart
            before.setdefault(second, {})[first] = apart
    order = _sorted(root, after, before)
    place: dict[int, float] = {}
    for column in order:
        place[column] = max(
            (place[beside] + apart for beside, apart in before.get(column, {}).items()), default=0.0
        )
    for column in reversed(order):
        most = min((place[beside] - apart for beside, apart in after.get(column, {}).items()), default=None)
        if most is not None:
            place[column] = max(place[column], most)
    return [place[column] for column in root]


def _sorted(
    root: Sequence[int], after: dict[int, dict[int, float]], before: dict[int, dict[int, float]]
) -> list[int]:
    """The columns from left to right: each after those that are beside it on the left."""
    missing = {column: len(before.get(column, {})) for column in dict.fromkeys(root)}
    ready = [column for column, count in missing.items() if not count]
    order = []
    while ready:
        column = ready.pop()
        order.append(column)
        for other in after.get(column, {}):
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    return order
