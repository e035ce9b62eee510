"""A comparison in a notebook: the totals of both networks, and the layers that changed."""

from collections.abc import Iterator

from cnncalc.comparison import Comparison
from cnncalc.notebook._bundle import WIDTH, bundle
from cnncalc.notebook._markup import folded, heading, paragraph, table
from cnncalc.render import comparison_words as words
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.cells import changes, totals
from cnncalc.render.formats import format_of
from cnncalc.webpage.markup import items, plain

MORE = "print() shows all"


def bundle_of(comparison: Comparison) -> dict[str, str]:
    """HTML and plain text."""
    text = format_of("text").comparison(comparison, (), ComparisonPage(WIDTH))
    return bundle(_title(comparison), _parts(comparison), text)


def _title(comparison: Comparison) -> str:
    return " -> ".join(words.titles(comparison))


def _parts(comparison: Comparison) -> Iterator[str]:
    yield heading(_title(comparison))
    yield table(totals(comparison), MORE)
    yield items(map(plain, (*comparison.others, *words.error_notes(comparison))))
    shown, _ = changes(comparison, ComparisonPage())
    if rows := list(shown.rows):
        yield folded(words.summary(comparison), table(shown._replace(rows=rows), MORE))
    else:
        yield paragraph(words.summary(comparison))
