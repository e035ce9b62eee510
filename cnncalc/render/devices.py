"""The devices of a network: what is on each, and what they send to each other."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Analysis
from cnncalc.analysis.devices import DeviceFigures, Transfer
from cnncalc.exact import counted
from cnncalc.graph import Node
from cnncalc.record import NamedTuple
from cnncalc.render._markdown import line, safe
from cnncalc.render.columns import shortened
from cnncalc.render.figures import exact, many, short, size
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import wrapped

MARGIN, GAP = "  ", "  "
TITLES = ("device", "layers", "parameters", "activations", "MACs", "receives", "sends")
# The columns that a narrow page leaves out, in this order.
NARROWER = (1, 4)
SENT = ("from", "to", "layer", "output", "values", "bytes", "read by")
SENT_NARROWER = (6, 3)
# How many transfers a page for people shows. JSON has all of them.
MOST = 20
# How many readers of a tensor are named.
FEW = 3


class DevicesTable(NamedTuple):
    """A table about devices; `align` has `<` or `>` for each column."""

    caption: str
    titles: tuple[str, ...]
    align: str
    rows: list[tuple[str, ...]]


def tables(analysis: Analysis) -> list[DevicesTable]:
    """What is on each device, and what is sent; only tables with rows."""
    figures, transfers = analysis.devices.figures, analysis.devices.transfers
    both = (
        DevicesTable("What is on each device", TITLES, "<>>>>>>", [_device(item) for item in figures]),
        DevicesTable(
            "What devices send to each other", SENT, "<<<<>><", [_sent(item) for item in transfers[:MOST]]
        ),
    )
    return [shown for shown in both if shown.rows]


def text(analysis: Analysis, width: int | None) -> Iterator[str]:
    """A row for each device, a row for each tensor that is sent, and how both are counted."""
    figures, transfers = analysis.devices.figures, analysis.devices.transfers
    yield from _table(TITLES, [_device(item) for item in figures], "<>>>>>>", NARROWER, width)
    if transfers:
        yield "\n"
        rows = [_sent(item) for item in transfers[:MOST]]
        yield from _table(SENT, rows, "<<<<>><", SENT_NARROWER, width)
    yield "\n"
    for sentence in notes(analysis):
        room = None if width is None else width - len(MARGIN)
        yield "".join(f"{MARGIN}{part}\n" for part in wrapped(f"{sentence}.", room))


def markdown(analysis: Analysis) -> Iterator[str]:
    """Both tables, and how their figures are counted."""
    for shown in tables(analysis):
        yield line(list(shown.titles))
        yield line(["---:" if side == ">" else ":---" for side in shown.align])
        yield from (line([safe(cell) for cell in row]) for row in shown.rows)
        yield "\n"
    yield from (f"- {safe(sentence)}\n" for sentence in notes(analysis))


def notes(analysis: Analysis) -> Iterator[str]:
    """The notes below the tables."""
    graph, sent = analysis.graph, analysis.devices.transfers
    if len(sent) > MOST:
        yield f"{counted(len(sent) - MOST, 'tensor')} more; `--format json` has every one"
    if sent:
        bytes_of = f", bytes of the batch of {analysis.batch}" if analysis.batch > 1 else ""
        yield f"Counts are of one image{bytes_of}; a tensor that several layers of a device read is sent there once"
    elif len(graph.devices) > 1:
        yield "No layer reads the output of a layer on another device: nothing is sent"
    back = [item for item in sent if item.gradient]
    if back:
        values = sum(item.values or 0 for item in back)
        nbytes = sum(item.nbytes or 0 for item in back)
        which = "as many values go back" if len(back) == len(sent) else f"{exact(values)} values go back"
        yield f"In the backward pass {which} as gradients: {size(nbytes)}"
    loaded = {item.name: item.loaded for item in analysis.devices.figures if item.loaded}
    if loaded:
        parts = ", ".join(f"{many(values, 'value')} on {name}" for name, values in loaded.items())
        inputs = "the input" if len(graph.inputs) == 1 else "an input"
        yield f"Each device that reads {inputs} of the network loads it, which is not counted above: {parts}"


def layer_lines(analysis: Analysis, node: Node) -> Iterator[tuple[str, str]]:
    """The device of a layer, what it receives from others, and where its output is sent; for `explain`."""
    if node.place is None:
        return
    yield "device", node.place
    devices = analysis.devices
    received = devices.received_by(node)
    for transfer in received:
        yield (
            "receives",
            f"{_what(transfer)}, from {transfer.node.name} on {transfer.source}{_back(transfer)}",
        )
    for merge in () if received else _before(analysis, node):
        for transfer in devices.received_by(merge):
            source = f"from {transfer.node.name} on {transfer.source}"
            yield "receives", f"{_what(transfer)}, {source}, through {merge.name}{_back(transfer)}"
    for transfer in devices.sent_from(node):
        yield (
            "sent to",
            f"{transfer.target}: {_what(transfer)}, read by {_readers(transfer)}{_back(transfer)}",
        )


def _before(analysis: Analysis, node: Node) -> list[Node]:
    """The layers without weights, on the device of a layer, through which it reads what they receive."""
    nodes, seen = analysis.graph.nodes, dict[int, None]()
    if node.fit is None or not node.fit.layer.weights(node.fit.inputs):
        return []
    waiting = list(node.inputs)
    while waiting:
        before = nodes[waiting.pop()]
        weightless = before.fit is not None and not before.fit.layer.weights(before.fit.inputs)
        if weightless and before.place == node.place and before.index not in seen:
            seen[before.index] = None
            waiting += before.inputs
    return [nodes[index] for index in sorted(seen)]


def _what(transfer: Transfer) -> str:
    volume = (
        f"{transfer.node.shape} = " if transfer.node.shape is not None and transfer.node.shape.rank else ""
    )
    return f"{volume}{many(transfer.values, 'value')} = {size(transfer.nbytes)}"


def _back(transfer: Transfer) -> str:
    return "; as many come back as gradients" if transfer.gradient else ""


def _device(figures: DeviceFigures) -> tuple[str, ...]:
    return (
        figures.name,
        exact(figures.layers),
        exact(figures.params),
        exact(figures.activations),
        short(figures.macs),
        exact(figures.received),
        exact(figures.sent),
    )


def _sent(transfer: Transfer) -> tuple[str, ...]:
    return (
        transfer.source,
        transfer.target,
        transfer.node.name,
        "?" if transfer.node.shape is None else str(transfer.node.shape),
        exact(transfer.values),
        size(transfer.nbytes),
        _readers(transfer),
    )


def _readers(transfer: Transfer) -> str:
    """The names of the layers that read it, and how many more there are."""
    names = [reader.name for reader in transfer.readers]
    more = f", +{len(names) - FEW}" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _table(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: str,
    narrower: Sequence[int],
    width: int | None,
) -> Iterator[str]:
    """Rows under their titles, without the columns for which a narrow page has no room."""
    lines = [titles, *rows]
    widths = [max(len(row[column]) for row in lines) for column in range(len(titles))]
    columns = list(range(len(titles)))
    for column in narrower:
        whole = sum(widths[kept] + len(GAP) for kept in columns) - len(GAP) + len(MARGIN)
        if width is not None and whole > width:
            columns.remove(column)
    over = sum(widths[kept] + len(GAP) for kept in columns) - len(GAP) + len(MARGIN) - (width or 0)
    names = [column for column in columns if align[column] == "<"]
    while width is not None and over > 0:
        # Names of layers and devices are cut at their start, the longest first.
        shrinks = max(names, key=widths.__getitem__)
        if widths[shrinks] <= len(titles[shrinks]):
            break
        widths[shrinks] -= 1
        over -= 1
    for number, row in enumerate(lines):
        cells = [
            row[column].rjust(widths[column])
            if align[column] == ">"
            else shortened(row[column], widths[column]).ljust(widths[column])
            for column in columns
        ]
        yield Piece(f"{MARGIN}{GAP.join(cells)}".rstrip() + "\n", "" if number else "dim")
