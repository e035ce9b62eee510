"""Formulas for a terminal."""

from collections.abc import Iterator

from cnncalc.render.formulas import FormulaPage
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed


def render(page: FormulaPage) -> Iterator[str]:
    """A title, a line for every figure, and what the letters are."""
    yield Piece(page.title, "bold")
    yield "\n\n"
    yield from listed(page.lines(), page.width)
