"""Permutations of more axes than a volume has, as several of them: each exchanges two runs of axes side by side.

A volume has its channels and at most three other axes. PyTorch copies once where all axes are permuted at once, and
here each step copies: the values and all figures but the memory are the same.
"""

from collections.abc import Sequence
from itertools import pairwise

from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Group

# The axes of a volume, and the most that are permuted in several steps.
AXES_OF_VOLUME, MOST = 4, 6
Places = tuple[int, ...]


def permutations(
    pieces: Sequence[Group], order: Sequence[Group]
) -> list[tuple[Sequence[Group], Sequence[Group]]]:
    """Steps from one order of pieces to another, each as the axes before it and after it. Raises `Unmapped`."""
    if len(pieces) <= AXES_OF_VOLUME:
        return [(pieces, order)]
    if len(pieces) > MOST:
        raise Unmapped(f"a permutation of {len(pieces)} axes")
    steps: list[tuple[Sequence[Group], Sequence[Group]]] = []
    for before, after in _shortest(tuple(pieces.index(piece) for piece in order)):
        runs = _runs(before, after)
        moved = sorted(runs, key=lambda run: after.index(run[0]))
        first, second = ([flat([pieces[place] for place in run]) for run in part] for part in (runs, moved))
        steps.append((first, second))
    return steps


def _shortest(wanted: Places) -> list[tuple[Places, Places]]:
    """The fewest exchanges of adjacent runs from 0, 1, 2, ... to the wanted order."""
    first = tuple(range(len(wanted)))
    came_from: dict[Places, Places] = {first: first}
    waiting = [first]
    for order in waiting:
        if order == wanted:
            break
        for after in _exchanges(order):
            if after not in came_from:
                came_from[after] = order
                waiting.append(after)
    steps = []
    while wanted != first:
        steps.append((came_from[wanted], wanted))
        wanted = came_from[wanted]
    return steps[::-1]


def _exchanges(order: Places) -> list[Places]:
    """All orders that come of an exchange of two runs that are side by side."""
    ends = range(len(order) + 1)
    return [
        order[:start] + order[middle:end] + order[start:middle] + order[end:]
        for start in ends
        for middle in ends[start + 1 :]
        for end in ends[middle + 1 :]
    ]


def _runs(before: Places, after: Places) -> list[list[int]]:
    """The longest runs of one order that are in the other in one piece."""
    following = dict(pairwise(after))
    runs: list[list[int]] = []
    for place in before:
        if runs and following.get(runs[-1][-1]) == place:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
