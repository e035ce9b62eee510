"""How many boxes a drawing has, before any of them gets a place."""

from collections.abc import Iterator

from cnncalc.drawing.parts._part import DrawnPart

# More boxes can't be read, and no browser shows them in good time.
MOST_BOXES = 5_000


class TooManyBoxes(Exception):
    """A drawing would have too many boxes: `count` of them; `depth` is the largest that has few enough, if one is."""

    def __init__(self, count: int, depth: int | None) -> None:
        self.count, self.depth = count, depth
        super().__init__(f"{count:,} boxes")


def check_count(root: DrawnPart, depth: int) -> None:
    """Raises `TooManyBoxes` for a drawing that unfolds `depth` levels of blocks."""
    count = count_boxes(root, depth)
    if count <= MOST_BOXES:
        return
    for less in range(min(depth, _levels(root)) - 1, -1, -1):
        if count_boxes(root, less) <= MOST_BOXES:
            raise TooManyBoxes(count, less)
    raise TooManyBoxes(count, None)


def count_boxes(root: DrawnPart, depth: int) -> int:
    """Boxes with `depth` levels unfolded, those of the panels of other blocks too."""
    count, forms = 0, set()
    waiting = [(root, 0)]
    while waiting:
        part, level = waiting.pop()
        count += len(part.parts)
        for child in part.parts:
            if child.is_layer:
                continue
            if level < depth:
                waiting.append((child, level + 1))
            elif child.form not in forms:
                # Drawn once, in a panel.
                forms.add(child.form)
                waiting.append((child, depth))
    return count


def _levels(root: DrawnPart) -> int:
    """How many levels of blocks there are."""
    return max((level for _, level in _blocks(root)), default=0)


def _blocks(root: DrawnPart) -> Iterator[tuple[DrawnPart, int]]:
    waiting = [(root, 0)]
    while waiting:
        part, level = waiting.pop()
        yield part, level
        waiting += [(child, level + 1) for child in part.parts if not child.is_layer]
