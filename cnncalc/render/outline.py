"""The names in a network, and the page of one use of a block: its layers and its totals."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.exact import counted, grouped
from cnncalc.graph import BlockUse
from cnncalc.layers import shown
from cnncalc.render.explanation import field_facts
from cnncalc.render.figures import UNKNOWN, exact, many, short, size
from cnncalc.render.piece import Piece
from cnncalc.render.report import ReportPage
from cnncalc.render.report.table import table
from cnncalc.report import Report, Row, nodes_within
from cnncalc.shape import DTYPES
from cnncalc.text import escaped

MARGIN, GAP = "  ", "   "
TITLES = ("name", "type", "output", "parameters")
# The columns that a narrow page leaves out, in this order.
NARROWER = (3, 2)
# The most characters in a line of names, also on a wide page.
WIDEST = 110


def outline(analysis: Analysis, blocks: Mapping[str, BlockUse], width: int | None) -> Iterator[str]:
    """Every layer: name, type, output, parameters; then the uses of blocks."""
    graph = analysis.graph
    width = WIDEST if width is None else width
    yield Piece(
        f"{escaped(graph.spec.name) or graph.spec.file} · {counted(len(graph.layers), 'layer')}", "bold"
    )
    yield "\n\n"
    rows = [TITLES, *(_cells(row) for row in Report(analysis, fold=False).rows())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(TITLES))]
    shown = list(range(len(TITLES)))
    for column in NARROWER:
        if sum(widths[kept] + len(GAP) for kept in shown) - len(GAP) + len(MARGIN) > width:
            shown.remove(column)
    for number, row in enumerate(rows):
        cells = [
            row[column].rjust(widths[column]) if column == 3 else row[column].ljust(widths[column])
            for column in shown
        ]
        yield Piece(f"{MARGIN}{GAP.join(cells)}".rstrip() + "\n", "" if number else "dim")
    if blocks:
        text = f"blocks: {', '.join(blocks)}"
        yield "\n" + "".join(f"{line}\n" for line in _wrapped(text, width))
    yield f"\n{MARGIN}`cnncalc explain SPEC NAME` explains one of them.\n"


def _cells(row: Row) -> tuple[str, ...]:
    return row.name, row.kind, UNKNOWN if row.output is None else str(row.output), exact(row.params)


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(
        text,
        max(30, min(width, WIDEST)),
        initial_indent=MARGIN,
        subsequent_indent=2 * MARGIN,
        break_on_hyphens=False,
        break_long_words=False,
    )


def block_page(analysis: Analysis, frame: BlockUse, width: int | None) -> Iterator[str]:
    """One use of a block: its parameters' values, inputs and output, the totals, and the rows inside."""
    graph = analysis.graph
    width = WIDEST if width is None else width
    place = f"{graph.spec.file}:{frame.item.span.line}"
    yield Piece(f"{frame.name} · block {frame.item.block} · {place}", "bold")
    yield "\n\n"
    facts = list(block_facts(analysis, frame))
    names = max(len(name) for name, _ in facts)
    room = max(30, min(width, WIDEST) - len(MARGIN) - names - len(GAP))
    for name, text in facts:
        first, *more = wrap(text, room, break_on_hyphens=False, break_long_words=False) or [""]
        yield f"{MARGIN}{name.ljust(names)}{GAP}{first}\n"
        yield "".join(f"{' ' * (len(MARGIN) + names + len(GAP))}{line}\n" for line in more)
    yield "\n"
    yield from table(Report(analysis, fold=False, within=frame), ReportPage(width))


def block_facts(analysis: Analysis, frame: BlockUse) -> Iterator[tuple[str, str]]:
    """Parameters, what enters and leaves, and the totals of one use of a block."""
    graph = analysis.graph
    nodes = nodes_within(graph, frame)
    whole = totals(analysis, frame)
    if frame.parameters:
        yield "parameters", ", ".join(f"{name} = {shown(value)}" for name, value in frame.parameters.items())
    for name in whole["inputs"]:
        source = graph.nodes[graph.by_name[name]]
        yield "input", f"{source.shape or UNKNOWN}, from {name} (line {graph.line(source)})"
    last = nodes[-1]
    yield "output", f"{last.shape or UNKNOWN}, of {last.name}"
    if places := [place for place in dict.fromkeys(node.place for node in nodes) if place is not None]:
        yield "device" if len(places) == 1 else "devices", ", ".join(places)
    weighted = sum(
        bool(owned and owned.weights) for owned in (analysis.parameters[node.index] for node in nodes)
    )
    yield "layers", f"{grouped(len(nodes))}, of them {grouped(weighted)} with weights"
    yield "learned", f"{many(whole['params'], 'parameter')}, of them {many(whole['weights'], 'weight')}"
    yield "MACs", exact(whole["macs"])
    values = whole["activations"]
    count = None if values is None else values * DTYPES[analysis.dtype] * analysis.batch
    yield "memory", f"{many(values, 'value')} = {size(count)} ({analysis.dtype}, batch {analysis.batch})"
    yield from field_facts(analysis, last, derived=False)
    if whole["macs"] and analysis.totals.macs:
        share = 100 * whole["macs"] / analysis.totals.macs
        yield "of the network", f"{share:.1f}% of its {short(analysis.totals.macs)} MACs"


def totals(analysis: Analysis, frame: BlockUse) -> dict[str, Any]:
    """The inputs from outside, and the figures of all layers together; a figure is None if one is unknown."""
    nodes = nodes_within(analysis.graph, frame)
    inside = {node.index for node in nodes}
    entering = dict.fromkeys(index for node in nodes for index in node.inputs if index not in inside)
    owned = [analysis.parameters[index] for index in inside]
    done = [analysis.work[index] for index in inside]
    stored = [analysis.storage[index] for index in inside]
    return {
        "layers": len(nodes),
        "inputs": [analysis.graph.nodes[index].name for index in entering],
        "params": None if None in owned else sum(figures.params for figures in owned if figures),
        "weights": None if None in owned else sum(figures.weights for figures in owned if figures),
        "macs": None if None in done else sum(figures.macs for figures in done if figures),
        "activations": None if None in stored else sum(figures.values for figures in stored if figures),
    }
