"""The catalogue of layer types, and the page of one, as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.record import NamedTuple
from cnncalc.render.columns_of_text import TextRow, in_columns
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import folded, wrapped

# Characters of a line of the table, however wide the page: a gap in a row would only grow with it.
WIDEST = 120
FIELD_TITLES = ("parameter", "takes", "default", "meaning")


class LayerTypePage(NamedTuple):
    """The page of a layer type: its fields as rows under the titles, examples and figures as pairs."""

    key: str
    family: str
    summary: str
    source: str
    fields: Sequence[tuple[str, str, str, str]]
    examples: Sequence[tuple[str, str]]
    figures: Sequence[tuple[str, str]]


def catalogue(families: Mapping[str, Sequence[tuple[str, str]]], width: int) -> Iterator[str]:
    """Each family with its layers: name and summary."""
    rows: list[TextRow] = []
    for family, members in families.items():
        rows.append(TextRow((family, ""), "bold"))
        rows += [TextRow((f"  {key}", summary)) for key, summary in members]
    return in_columns(rows, width, wrapped=[1])


def layer_page(page: LayerTypePage, width: int) -> Iterator[str]:
    """Its description, parameters, examples, and the figures of the first example."""
    first, *more = folded(f"{page.key} ({page.family}): {page.summary}", width)
    yield Piece(first[: len(page.key)], "bold")
    yield first[len(page.key) :] + "\n"
    yield "".join(f"{line}\n" for line in [*more, *folded(f"source: {page.source}", width)])
    yield "\n"
    if page.fields:
        rows = [TextRow(FIELD_TITLES, "bold"), *map(TextRow, page.fields)]
        yield from in_columns(rows, min(width, WIDEST), wrapped=[1, 3])
        yield "\n"
    yield from _pairs("examples", page.examples, width)
    yield from _pairs("figures of the first", page.figures, width)


def _pairs(title: str, pairs: Iterable[tuple[str, str]], page: int) -> Iterator[str]:
    """Two columns; if the first leaves little room, the second is below it."""
    rows = list(pairs)
    width = max(len(left) for left, _ in rows)
    beside = width + 5 + min(24, max(len(right) for _, right in rows)) <= page
    yield f"{title}:\n"
    for left, right in rows:
        indent = " " * (width + 5 if beside else 6)
        lines = wrapped(right, page - len(indent))
        first = f"  {left.ljust(width)}   " if beside else f"  {left}\n{indent}"
        yield first + f"\n{indent}".join(lines) + "\n"
    yield "\n"
