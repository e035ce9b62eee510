"""Edits of one text: which of them touch, and where other places of the text are after them."""

from bisect import bisect_right, insort
from collections.abc import Iterable

from cnncalc.diagnostic import Edit

Place = tuple[int, int]


def ends(edit: Edit) -> tuple[Place, Place]:
    return edit.span.start, (edit.span.end_line, edit.span.end_column)


class TakenText:
    """The parts of a text that chosen edits change. No two of them touch."""

    def __init__(self) -> None:
        self._stretches: list[tuple[Place, Place]] = []

    def touched_by(self, edits: Iterable[Edit]) -> bool:
        """Whether one of these edits touches a taken part, also if one ends where the other begins."""
        for edit in edits:
            begin, end = ends(edit)
            # The last part that begins before this ends: earlier parts end earlier.
            before = bisect_right(self._stretches, end, key=_begin) - 1
            if before >= 0 and self._stretches[before][1] >= begin:
                return True
        return False

    def take(self, edits: Iterable[Edit]) -> None:
        for edit in edits:
            insort(self._stretches, ends(edit))


def _begin(stretch: tuple[Place, Place]) -> Place:
    return stretch[0]


class Mover:
    """Finds where places are after edits that do not touch."""

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._edits = sorted(edits, key=lambda edit: edit.span.start)
        self._begins = [edit.span.start for edit in self._edits]
        # For each edit: how many lines the edits up to it add, and how far the rest of its last line moves.
        self._lines: list[int] = []
        self._columns: list[int] = []
        lines, columns = 0, 0
        # The line in the old text that `columns` is about.
        line = 0
        for edit in self._edits:
            begin, end = ends(edit)
            breaks = edit.text.count("\n")
            last = len(edit.text) - edit.text.rfind("\n") - 1
            # The text after the edit on its last line is now after the new text.
            start = 1 if breaks else begin[1] + (columns if begin[0] == line else 0)
            columns, line = start + last - end[1], end[0]
            lines += breaks - (end[0] - begin[0])
            self._lines.append(lines)
            self._columns.append(columns)

    def moved(self, place: Place) -> Place:
        """The new position of a place. A place inside an edit moves to its start."""
        index = bisect_right(self._begins, place) - 1
        while index >= 0 and self._begins[index] == place and ends(self._edits[index])[1] != place:
            # The edit begins here, so only the edits before it move this place.
            index -= 1
        if index < 0:
            return place
        begin, end = ends(self._edits[index])
        if end > place:
            return self._after(index - 1, begin)
        return self._after(index, place)

    def _after(self, index: int, place: Place) -> Place:
        """The new position of a place after the edit `index` and before the next one."""
        if index < 0:
            return place
        same_line = ends(self._edits[index])[1][0] == place[0]
        return place[0] + self._lines[index], place[1] + (self._columns[index] if same_line else 0)
