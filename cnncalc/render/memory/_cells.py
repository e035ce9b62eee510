"""Cells in columns."""

from collections.abc import Sequence

GAP = "  "


def aligned(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines, each column to its side (`<` left, `>` right)."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        ).rstrip()
        for row in rows
    ]
