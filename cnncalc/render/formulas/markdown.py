"""Formulas as GitHub-flavoured Markdown."""

from collections.abc import Iterator

from cnncalc.render._markdown import safe
from cnncalc.render.formulas import FormulaPage
from cnncalc.render.layer_facts.markdown import table


def render(page: FormulaPage) -> Iterator[str]:
    """A heading, and a table of the figures and the letters."""
    yield f"### {safe(page.title)}\n\n"
    yield from table(page.lines())
