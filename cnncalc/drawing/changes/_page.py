"""The drawing of a change as a page, with tables of the same facts below it."""

from collections.abc import Iterator

from cnncalc.drawing.changes._head import heading
from cnncalc.drawing.changes._picture import DrawnChange, changes_picture
from cnncalc.drawing.changes._union import kind_of
from cnncalc.drawing.changes._words import SIGNS
from cnncalc.render import comparison_words as words
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.rows import COLUMNS, cells_of, rows
from cnncalc.render.html_page import STYLE, Cell, page, paragraphs, plain, table

_STYLE = f"""{STYLE}\
.drawing{{overflow:auto}}
.drawing svg{{display:block;max-width:none}}
@media print{{.drawing svg{{max-width:100%;height:auto}}}}
"""
# From here on columns hold figures.
FIGURES = COLUMNS.index("params")


def changes_page(change: DrawnChange, rows_shown: ComparisonPage) -> str:
    """An HTML page: the drawing, the totals, and every change as a row. It loads nothing, and runs nothing.

    Raises `cnncalc.drawing.TooManyBoxes`.
    """
    title = heading(change.comparison)
    body = [
        f"<main>\n<h1>{plain(title)}</h1>\n",
        '<div class="drawing" tabindex="0" role="region" aria-label="The change, drawn">\n',
        changes_picture(change),
        "</div>\n",
        *paragraphs(_sentences(change)),
        *_totals(change),
        *_changes(change, rows_shown),
        *_renamed(change),
        "</main>\n",
    ]
    return page(title, _STYLE, "".join(body))


def _sentences(change: DrawnChange) -> Iterator[str]:
    yield words.summary(change.comparison)
    yield from change.comparison.others
    yield from words.error_notes(change.comparison)
    for verdict in change.verdicts:
        yield f"{'failed' if verdict.fails else 'passed'}: {words.verdict(verdict)}"


def _totals(change: DrawnChange) -> Iterator[str]:
    yield "<h2>Totals</h2>\n"
    head = [Cell("figure"), *(Cell(title, figure=True) for title in ("old", "new", "change", "in percent"))]
    lines = (
        [Cell(line.name), *(Cell(text, figure=True, marked=text == words.UNKNOWN) for text in line[1:])]
        for line in words.totals(change.comparison)
    )
    yield from table("Figures of the old and of the new network", head, lines)


def _changes(change: DrawnChange, shown: ComparisonPage) -> Iterator[str]:
    kept, left = rows(change.comparison, shown)
    if not kept:
        return
    yield "<h2>Changes</h2>\n"
    figures = [column >= FIGURES for column in range(len(COLUMNS))]
    head = [Cell("layer"), Cell("change"), *map(Cell, COLUMNS, figures)]
    lines = []
    for row in kept:
        kind, *cells = cells_of(row)
        sign = Cell(f"{SIGNS[kind]} {kind}")
        marked = [words.UNKNOWN in text for text in cells]
        lines.append([Cell(row.name), sign, *map(Cell, cells, figures, marked)])
    yield from table("Layers that were added, removed or changed, old and new", head, lines)
    if left:
        yield from paragraphs(
            [f"{left:,} more row{'' if left == 1 else 's'}: --top shows the largest changes."]
        )


def _renamed(change: DrawnChange) -> Iterator[str]:
    renamed = [layer for layer in change.comparison.changes if kind_of(layer) == "renamed"]
    if renamed:
        yield "<h2>Other names</h2>\n"
        lines = [
            [Cell(layer.old.name), Cell(layer.new.name)]
            for layer in renamed
            if layer.old is not None and layer.new is not None
        ]
        yield from table("Layers that have another name and are as before", [Cell("old"), Cell("new")], lines)
