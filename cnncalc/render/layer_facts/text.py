"""The page of a layer by itself, for a terminal."""

from collections.abc import Iterator

from cnncalc.layers import Problem
from cnncalc.render.layer_facts import LayerPage
from cnncalc.render.layer_lines.page import page as lines_of
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed, wrapped


def render(page: LayerPage) -> Iterator[str]:
    """The title, the facts, and what is wrong with help."""
    yield Piece(page.title, "bold")
    yield "\n\n"
    if page.facts is not None:
        yield from listed(lines_of(page.facts), page.width)
    for position, result in enumerate(page.problems):
        yield "\n" * (page.facts is not None or position > 0)
        yield from _problem(result, page)
    if page.strict and page.facts is not None and any(position.remainder for position in page.facts.windows):
        yield "\nstrict: rejected, the remainder is not 0\n"


def _problem(result: Problem, page: LayerPage) -> Iterator[str]:
    severity = result.severity or result.fault.severity
    yield from _said(
        f"{severity.word}[{result.fault.code}] {result.fault.name}: {result.message}", "bold", page
    )
    for note in result.notes:
        yield from _said(f"note: {note}", "", page)
    if result.help:
        yield from _said(f"help: {result.help}", "", page)


def _said(text: str, style: str, page: LayerPage) -> Iterator[str]:
    first, *more = wrapped(text, page.width)
    yield Piece(f"{first}\n", style)
    yield "".join(f"  {line}\n" for line in more)
