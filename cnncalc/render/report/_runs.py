"""Runs of equal blocks, one row each: `bottleneck2..3  x2`."""

from collections.abc import Iterator, Sequence

from cnncalc.figure_words import from_to
from cnncalc.record import NamedTuple
from cnncalc.render.columns import Column
from cnncalc.report import Report, Row

LEGEND = "xN: N equal blocks in a row; the figures are for one block"


class RowRun(NamedTuple):
    """Equal rows: the first of them, and the names of all."""

    row: Row
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name of a row; for several rows the first and the last name, and their number."""
        first, last = self.names[0], self.names[-1]
        return first if len(self.names) == 1 else f"{from_to(first, last)}  x{len(self.names)}"


def runs(report: Report, columns: Sequence[Column]) -> Iterator[RowRun]:
    """The rows; consecutive blocks that are equal in every column except the name become one row."""
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
        # Figures for people are rounded, figures for programs are not.
        and all(
            column.value(row) == column.value(other)
            for column in columns
            if column.name not in ("layer", "brief")
        )
        and all(column.cells(row) == column.cells(other) for column in columns)
    )
