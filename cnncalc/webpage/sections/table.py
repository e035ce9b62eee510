"""The layers one after another, each block before the layers in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.record import NamedTuple
from cnncalc.render.columns import COLUMNS, label
from cnncalc.report import Report, Row, folds, frames
from cnncalc.webpage.lines import place_of, shown_line
from cnncalc.webpage.markup import block, plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork

# Columns with figures, by which a reader can sort; those of `inspect`.
FIGURES = ("values", "count", "params", "macs", "field")
TITLES = {"values": "activations", "count": "weights"}
# Rows at most: a browser shows more of them slowly, and nobody reads them.
MOST = 5000


class TableRow(NamedTuple):
    """A row, how many blocks are around it, its place, and whether it stores and learns nothing.

    Those that do are not in `inspect` without `--all`.
    """

    row: Row
    level: int
    place: Span | None
    slight: bool = False


def section(network: ReportedNetwork) -> PageSection | None:
    """The table; None for a network without a layer."""
    if not network.graph.layers:
        return None
    rows, left_out = table_rows(network)
    note = tag("p", plain(left_out), class_="quiet") if left_out else ""
    return PageSection(
        "table", "Layers", note + _table(network, rows), {"rows": [_data(each) for each in rows]}
    )


def table_rows(network: ReportedNetwork) -> tuple[list[TableRow], str]:
    """The rows with as many levels of blocks as there is room for, and in words what is left out."""
    analysis, graph = network.analysis, network.graph
    uses = [list(frames(node.frame)) for node in graph.nodes]
    levels = max(map(len, uses))
    depth = levels
    while depth and _count(uses, depth) > MOST:
        depth -= 1
    blocks: dict[str, Row] = {}
    for level in range(min(depth + 1, levels)):
        rows = Report(analysis, fold=False, depth=level).rows()
        blocks |= {row.name: row for row in rows if row.folded}
    shown = list(_in_order(network, blocks, uses, depth))
    if len(shown) > MOST:
        words = f"the first {MOST:,} rows of {len(shown):,}"
    elif depth < levels:
        words = "blocks inside blocks are not unfolded further" if depth else "blocks are not unfolded"
    else:
        return shown, ""
    return shown[:MOST], f"{words[0].upper()}{words[1:]}: cnncalc inspect has every layer."


def anchors(network: ReportedNetwork) -> set[str]:
    """The names that have a row, and so an id in the page."""
    if not network.graph.layers:
        return set()
    return {each.row.name for each in table_rows(network)[0]}


def _count(uses: list[list[Any]], depth: int) -> int:
    """How many rows there are with `depth` levels of blocks unfolded."""
    blocks = {
        id(around[len(around) - 1 - level]) for around in uses for level in range(min(depth + 1, len(around)))
    }
    return len(blocks) + sum(len(around) <= depth for around in uses)


def _in_order(
    network: ReportedNetwork, blocks: Mapping[str, Row], uses: list[list[Any]], depth: int
) -> Iterator[TableRow]:
    layers = Report(network.analysis, fold=False).rows()
    before: list[Any] = []
    for node, row, around in zip(network.graph.nodes, layers, uses, strict=True):
        inwards = around[::-1]
        for level, use in enumerate(inwards[: depth + 1]):
            if level >= len(before) or before[level] is not use:
                yield TableRow(blocks[use.name], level, use.item.span)
                before = inwards[: level + 1]
        before = inwards
        if len(inwards) <= depth:
            place = place_of(network, node)
            yield TableRow(row, len(inwards), place, folds(network.analysis, node))


def _table(network: ReportedNetwork, rows: list[TableRow]) -> str:
    head = [tag("th", title, scope="col") for title in ("name", "layer", "output")]
    head += [
        tag("th", plain(TITLES.get(name, COLUMNS[name].title)), scope="col", class_="figure", data_by=name)
        for name in FIGURES
    ]
    head.append(tag("th", "line", scope="col", class_="figure"))
    table = tag(
        "table",
        tag("caption", plain("A block has the sums of its layers, and the field of the last of them.")),
        tag("thead", tag("tr", *head)),
        tag("tbody", "\n".join(_row(network, each) for each in rows)),
        class_="layers",
    )
    return block(table, class_="wide", tabindex=0, role="group", aria_label="Layers")


def _row(network: ReportedNetwork, shown: TableRow) -> str:
    row = shown.row
    cells = [
        tag("th", plain(row.name), scope="row", style=f"--level:{shown.level}" if shown.level else None),
        tag("td", plain(label(row, None))),
        tag("td", plain("?" if row.output is None else str(row.output))),
    ]
    cells += [tag("td", plain(_figure(row, name))) for name in FIGURES]
    words = "" if shown.place is None else str(shown.place.line)
    line = shown_line(network, shown.place)
    cells.append(tag("td", words if line is None else tag("a", words, href=f"#{line}")))
    kind = "block" if row.folded else "slight" if shown.slight else None
    return tag("tr", *cells, id=network.anchor(row.name), class_=kind)


def _figure(row: Row, name: str) -> str:
    if name == "count" and row.shared is not None:
        return f"shared with {row.shared}"
    (text,) = COLUMNS[name].cells(row)
    inexact = row.inexact.get({"values": "activations", "count": "weights"}.get(name, name))
    least = inexact.at_least if inexact is not None and row.folded else None
    return f"{text} (at least {least:,})" if least else text


def _data(shown: TableRow) -> list[Any]:
    """Name, type, level, whether it is a block, whether it is slight; then the figures by which rows are sorted."""
    row = shown.row
    field = None if row.field is None else max((axis.largest for axis in row.field), default=0)
    figures = [*(COLUMNS[name].value(row) for name in FIGURES[:-1]), field]
    return [
        row.name,
        f"{row.kind} {label(row, None)}",
        shown.level,
        int(row.folded),
        int(shown.slight),
        *figures,
    ]
