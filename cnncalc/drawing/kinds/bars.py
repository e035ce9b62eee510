"""Parameters, multiply-adds and activations layer by layer, as bars beside each other."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Analysis
from cnncalc.analysis.summary import sentences
from cnncalc.drawing.options import DrawingOptions
from cnncalc.drawing.parts import DrawnRow, names_in, rows, tree
from cnncalc.drawing.parts.figures import Count, PartFigures, figures_of
from cnncalc.drawing.svg import document, element, shortened, text, text_width, title
from cnncalc.drawing.words import counted, details, headline, labels, row_name, total
from cnncalc.figure_words import percent
from cnncalc.record import NamedTuple

# As many rows as are seen at once, where no depth is given.
READABLE = 44
NAMES, COLUMN, BAR, ROW, HEAD = 250.0, 260.0, 150.0, 19.0, 92.0


class _Bars(NamedTuple):
    """One column: the figure, its word, the colour of its bars, and where it begins."""

    figure: str
    word: str
    hue: str
    x: float


COLUMNS = (
    _Bars("params", "parameters", "red", NAMES),
    _Bars("macs", "MACs", "blue", NAMES + COLUMN),
    _Bars("activations", "activations", "green", NAMES + 2 * COLUMN),
)


def draw(analysis: Analysis, options: DrawingOptions) -> str:
    """A row for each layer or block, with a bar for each figure; a bar as long as it can be is the largest figure."""
    # Inputs too: their values are among the activations.
    drawn = rows(tree(analysis, every=options.every), options.depth, READABLE)
    figures = [figures_of(analysis, row.uses) for row in drawn]
    name, about = analysis.graph.title, headline(analysis)
    said = sentences(analysis)
    bottom = HEAD + ROW * len(drawn) + 22
    body = [text(0, 16, name, "h"), text(0, 36, about, "q")]
    for column in COLUMNS:
        body += _column(analysis, column, figures)
    body += [
        _row(
            analysis, row, each, HEAD + ROW * number, " ".join(names_in(row.uses)) if options.in_page else ""
        )
        for number, (row, each) in enumerate(zip(drawn, figures, strict=True))
    ]
    body += [text(0, bottom + 17 * number, sentence, "q") for number, sentence in enumerate(said)]
    width = max(
        NAMES + 3 * COLUMN, text_width(about, 11), *(text_width(sentence, 11) for sentence in said or [""])
    )
    return document(name, about, width, bottom + 17 * len(said), body, in_page=options.in_page)


def _column(analysis: Analysis, column: _Bars, figures: Sequence[PartFigures]) -> Iterator[str]:
    """The head of a column, and its bars."""
    totals = analysis.totals
    whole = getattr(totals, column.figure)
    yield text(column.x, HEAD - 22, total(whole, totals.inexact.get(column.figure), column.word), "t")
    bottom = HEAD + ROW * len(figures)
    yield element("path", class_="g", d=f"M{column.x:g} {HEAD - 12:g}V{bottom:g}")
    counts: list[Count] = [getattr(each, column.figure) for each in figures]
    most = max((count.known for count in counts), default=0)
    for number, count in enumerate(counts):
        y = HEAD + ROW * number
        length = BAR * count.known / most if most else 0.0
        if count.known:
            yield element(
                "rect", class_=column.hue, x=column.x, y=y - 10, width=max(1.0, length), height=13.0
            )
        if not count.exact:
            yield element("rect", class_="cu", x=column.x + length, y=y - 10, width=20.0, height=13.0)
            length += 20
        if count.known or not count.exact:
            words = counted(count, "").rstrip()
            if whole and count.exact:
                words += f" ({percent(count.known, whole)})"
            yield text(column.x + length + 5, y, words, "q s")


def _row(analysis: Analysis, row: DrawnRow, figures: PartFigures, y: float, names: str) -> str:
    """The name of a row; a viewer shows its figures. `names` are those of its layers, for a page."""
    name = shortened(row_name(row), NAMES * 0.62, 11)
    left = text_width(name, 11) + 8
    label = shortened(labels(row.part), NAMES - left - 10, 10)
    return element(
        "g",
        title(*details(analysis, row.uses, figures)),
        element("rect", class_="p", x=0.0, y=y - 13, width=NAMES - 8, height=ROW),
        text(0, y, name, ""),
        text(left, y, label, "q s"),
        data_of=names,
    )
