"""The parts of a network one after another, for pictures that have them in a row."""

from cnncalc.drawing.parts._count import MOST_BOXES, TooManyBoxes
from cnncalc.drawing.parts._part import DrawnPart
from cnncalc.record import NamedTuple


class DrawnRow(NamedTuple):
    """A part, or several equal ones that are drawn as one."""

    uses: tuple[DrawnPart, ...]

    @property
    def part(self) -> DrawnPart:
        """The first of them."""
        return self.uses[0]

    @property
    def times(self) -> int:
        """How many there are."""
        return len(self.uses)


def rows(root: DrawnPart, depth: int | None, readable: int) -> list[DrawnRow]:
    """The parts with `depth` levels of blocks unfolded, and each repetition by itself.

    Without a depth it is the largest that gives at most `readable` rows; where none does, repetitions are one row.
    Raises `TooManyBoxes`.
    """
    if depth is not None:
        unfolded_rows = _unfolded(root, depth, MOST_BOXES, apart=True)
        if unfolded_rows is None:
            unfolded_rows = _unfolded(root, depth, MOST_BOXES, apart=False)
        if unfolded_rows is None:
            raise TooManyBoxes(MOST_BOXES + 1, _fitting(root, depth))
        return unfolded_rows
    best = None
    level = 0
    while True:
        unfolded = _unfolded(root, level, readable, apart=True)
        if unfolded is None or (best is not None and len(unfolded) == len(best)):
            break
        best, level = unfolded, level + 1
    if best is not None:
        return best
    together = _unfolded(root, 0, MOST_BOXES, apart=False)
    if together is None:
        raise TooManyBoxes(MOST_BOXES + 1, None)
    return together


def _fitting(root: DrawnPart, depth: int) -> int | None:
    """The largest smaller depth that has few enough rows."""
    for less in range(min(depth, 100) - 1, -1, -1):
        if _unfolded(root, less, MOST_BOXES, apart=False) is not None:
            return less
    return None


def _unfolded(root: DrawnPart, depth: int, most: int, *, apart: bool) -> list[DrawnRow] | None:
    """The rows; None where they would be more than `most`. With `apart` each repetition is a row of its own."""
    unfolded: list[DrawnRow] = []
    waiting = [((part,) if apart else part.run, 0) for part in _inner(root, apart)]
    waiting.reverse()
    while waiting:
        uses, level = waiting.pop()
        if len(unfolded) + len(waiting) > most:
            return None
        part = uses[0]
        if part.is_layer or level >= depth:
            unfolded.append(DrawnRow(uses))
            continue
        inner = [((child,) if apart else child.run, level + 1) for child in _inner(part, apart)]
        waiting += reversed(inner)
    return unfolded


def _inner(block: DrawnPart, apart: bool) -> list[DrawnPart]:
    return [use for part in block.parts for use in (part.run if apart else (part,))]
