"""Panels: the inside of each form of block that is folded, drawn once beside the trunk."""

from collections.abc import Iterator, Sequence
from itertools import count
from math import sqrt
from string import ascii_uppercase

from cnncalc.drawing.parts import DrawnPart

# The head of a panel, and the space around it.
TITLE, COLUMN_GAP, BELOW = 50.0, 40.0, 26.0
# A column is at least this high, also beside a short trunk.
LEAST_HEIGHT = 560.0
# Panels together are about this much higher than wide.
TALLER = 1.2


def folded_blocks(root: DrawnPart, depth: int) -> list[tuple[DrawnPart, ...]]:
    """The uses of each form of block that is folded, in the order in which they are first seen.

    A block inside a panel is folded too, and has a panel of its own.
    """
    uses: dict[int, list[DrawnPart]] = {}
    waiting = [(root, depth)]
    for block, levels in waiting:
        for part in block.parts:
            if part.is_layer:
                continue
            if levels:
                waiting.append((part, levels - 1))
                continue
            if part.form not in uses:
                uses[part.form] = []
                waiting.append((part, 0))
            uses[part.form].append(part)
    return [tuple(parts) for parts in uses.values()]


def uses_of_forms(root: DrawnPart) -> dict[int, int]:
    """How many uses of a block have each form, in the whole network."""
    counts: dict[int, int] = {}
    waiting = [root]
    while waiting:
        block = waiting.pop()
        for part in block.parts:
            if not part.is_layer:
                counts[part.form] = counts.get(part.form, 0) + part.times
                waiting += part.run
    return counts


def letters() -> Iterator[str]:
    """A, B, ... Z, A2, B2, ..."""
    for turn in count(1):
        for letter in ascii_uppercase:
            yield letter if turn == 1 else f"{letter}{turn}"


def columns(sizes: Sequence[tuple[float, float]], height: float) -> list[tuple[float, float]]:
    """The place of each panel: one below another, in columns as high as the trunk, or higher where there are many."""
    area = sum((width + COLUMN_GAP) * (tall + BELOW) for width, tall in sizes)
    most = max([height, LEAST_HEIGHT, sqrt(area * TALLER), *(size[1] for size in sizes)])
    places = []
    x = y = widest = 0.0
    for width, tall in sizes:
        if y and y + tall > most:
            x, y, widest = x + widest + COLUMN_GAP, 0.0, 0.0
        places.append((x, y))
        y += tall + BELOW
        widest = max(widest, width)
    return places
