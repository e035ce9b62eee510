"""Runs of equal blocks, one row each: `bottleneck2..3  x2`."""

import re
from collections.abc import Iterator, Sequence

from cnncalc.record import NamedTuple
from cnncalc.render.columns import Column
from cnncalc.report import Report, Row

ENDING = r"(?P<begin>.*?)(?P<number>[0-9]+)"
LEGEND = "xN: N equal blocks in a row; figures are of one"


class RowRun(NamedTuple):
    """Rows that show the same: the first of them, and the names of all."""

    row: Row
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of one; of several the first and the last, and how many they are."""
        first, last = self.names[0], self.names[-1]
        if len(self.names) == 1:
            return first
        begin, end = re.fullmatch(ENDING, first), re.fullmatch(ENDING, last)
        alike = begin is not None and end is not None and begin["begin"] == end["begin"]
        return f"{first}..{end['number'] if alike and end else last}  x{len(self.names)}"


def runs(report: Report, columns: Sequence[Column]) -> Iterator[RowRun]:
    """The rows; blocks one after the other that are equal in every column but the name are one."""
    compared = [column for column in columns if column.name != "name"]
    names: list[str] = []
    first: Row | None = None
    for row in report.rows():
        if first is not None and report.sort is None and _equal(first, row, compared):
            names.append(row.name)
            continue
        if first is not None:
            yield RowRun(first, tuple(names))
        first, names = row, [row.name]
    if first is not None:
        yield RowRun(first, tuple(names))


def _equal(row: Row, other: Row, columns: Sequence[Column]) -> bool:
    return (
        row.folded
        and other.folded
        and row.kind == other.kind
        # What people are shown is rounded, what programs read is not.
        and all(
            column.value(row) == column.value(other)
            for column in columns
            if column.name not in ("layer", "brief")
        )
        and all(column.cells(row) == column.cells(other) for column in columns)
    )
