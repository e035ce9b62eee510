"""A memory report for a terminal: the peak, what it is made of, and how it comes about."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from cnncalc.figure_words import percent
from cnncalc.memory.report import Figures, MemoryReport, PeakPlace
from cnncalc.render.figures import exact, size
from cnncalc.render.memory import MemoryPage
from cnncalc.render.memory._beside import course, exercise, unknown
from cnncalc.render.memory._cells import GAP, aligned
from cnncalc.render.memory._layers import table
from cnncalc.render.memory._plot import ASCII, BLOCKS, Ink, bar, chart
from cnncalc.render.memory.words import describe_setup
from cnncalc.render.piece import Piece
from cnncalc.text import escaped

MARGIN = "  "
BAR, PLOT = 30, 8
# A chart on a very wide page has no more columns.
WIDEST = 120
COURSE = "as the course has it (CS231n), from volumes and parameters alone"
EXERCISE = "as a textbook's exercise has it (Hands-On Machine Learning), at least"
CATEGORIES = {
    "params": "parameters",
    "buffers": "buffers",
    "grads": "gradients",
    "optimizer": "optimizer state",
    "activations": "activations",
    "temporaries": "temporaries",
    "input": "input",
    "workspace": "workspace",
}


def render(report: MemoryReport, page: MemoryPage) -> Iterator[str]:
    """Sections from the peak to what is not counted; nothing but the heading where shapes are unknown."""
    told = report.figures
    if told is None:
        return
    ink = ASCII if page.ascii else BLOCKS
    yield from _heading(report, told, page)
    yield "\n"
    yield from _peak(report, told, page)
    yield from _section("alive at the peak", _breakdown(told, ink, page), page)
    if told.largest:
        yield from _section("the largest of it", _largest(told, page), page)
    base = told.timeline[0].nbytes
    moments = [moment for moment in told.timeline if moment.phase != "start"]
    lines = chart(moments, base, min(page.width, WIDEST) - len(MARGIN), PLOT, ink)
    yield from _section(
        f"over time, in MiB, above the {size(base)} that are there from the start", lines, page
    )
    yield from _layers(told, page)
    yield from _section(COURSE, course(told.textbook.course), page)
    yield from _section(EXERCISE, exercise(told.textbook.exercise), page)
    yield from _section("not known from the network alone", unknown(told.unknown), page)


def _section(title: str, lines: Sequence[str], page: MemoryPage) -> Iterator[str]:
    if lines:
        yield "\n"
        yield Piece("".join(f"{line}\n" for line in _broken(title, page)), "dim")
        yield "".join(f"{part}\n" for line in lines for part in _broken(line, page))


def _broken(line: str, page: MemoryPage) -> list[str]:
    """A line behind the margin; what the page has no room for goes on below, indented."""
    if len(MARGIN) + len(line) <= page.width:
        return [f"{MARGIN}{line}".rstrip()]
    room = max(20, page.width - len(MARGIN))
    pieces = wrap(line, room, subsequent_indent=2 * MARGIN, break_long_words=False, break_on_hyphens=False)
    return [f"{MARGIN}{piece}".rstrip() for piece in pieces]


def _heading(report: MemoryReport, told: Figures, page: MemoryPage) -> Iterator[str]:
    """Name and input; then how the network is run."""
    graph = report.graph
    inputs = ", ".join(f"{node.name} {node.shape}" for node in graph.inputs)
    batch = f"batch {report.batch}"
    if told.share != report.batch:
        batch += f" ({told.share} on a device)"
    name = escaped(graph.spec.name) if graph.spec.name else graph.spec.file
    parts = (name, inputs, batch, *describe_setup(told.setup, graph))
    lines = _joined([part for part in parts if part], " - " if page.ascii else " · ", page.width)
    yield Piece("\n".join(lines), "bold")
    yield "\n"


def _joined(parts: Sequence[str], by: str, width: int) -> list[str]:
    """Parts in lines, as many as fit."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(by) + len(part) <= width:
            lines[-1] += by + part
        else:
            lines.append(part)
    return lines


def _peak(report: MemoryReport, told: Figures, page: MemoryPage) -> Iterator[str]:
    yield Piece(f"{MARGIN}{size(told.peak)}", "bold")
    amount, place = f" at the peak = {exact(told.peak)} bytes,", _where(told.peak_place)
    fits = len(MARGIN) + len(size(told.peak)) + len(amount) + 1 + len(place) <= page.width
    between = " " if fits else f"\n{MARGIN}"
    yield f"{amount}{between}{place}\n"
    if told.reserved is not None:
        line = f"{size(told.reserved)} reserved by PyTorch's allocator = {exact(told.reserved)} bytes"
        yield "".join(f"{part}\n" for part in _broken(line, page))
        if report.gpu is not None:
            share = told.reserved / report.gpu.memory
            line = f"{share:.1%} of the {size(report.gpu.memory)} of {report.gpu.name}"
            hint = "; `cnncalc fit` tells what fits" if share > 1 else ""
            yield Piece(f"{MARGIN}{line}{hint}\n", "bold red" if share > 1 else "")


def _where(at: PeakPlace) -> str:
    if at.phase == "start":
        return "before the first layer"
    if at.phase == "step":
        return "in the optimizer's step"
    return f"{at.phase} of {at.layer}" if at.layer else f"{at.phase} of the loss"


def _share(nbytes: int, told: Figures) -> str:
    """Which part of the peak it is."""
    return percent(nbytes, told.peak, 1, in_a_table=True) if told.peak else ""


def _breakdown(told: Figures, ink: Ink, page: MemoryPage) -> list[str]:
    """A bar for each category that is there."""
    held = [(CATEGORIES.get(name, name), nbytes) for name, nbytes in told.breakdown.items() if nbytes]
    cells = [(name, size(nbytes), _share(nbytes, told)) for name, nbytes in held]
    lines = aligned(cells, "<>>")
    most = max(nbytes for _, nbytes in held)
    room = max(5, min(BAR, page.width - len(MARGIN) - max(map(len, lines)) - len(GAP)))
    return [
        f"{line}{GAP}{bar(nbytes, most, room, ink)}" for line, (_, nbytes) in zip(lines, held, strict=True)
    ]


def _largest(told: Figures, page: MemoryPage) -> list[str]:
    """Whose, what, what for and how much; on a narrow page without the share, and then without what for."""
    rows = [
        (
            one.layer or "",
            one.tensor,
            CATEGORIES.get(one.category, one.category),
            size(one.nbytes),
            _share(one.nbytes, told),
        )
        for one in told.largest
    ]
    for columns in ((0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 3)):
        lines = aligned([[row[at] for at in columns] for row in rows], "".join("<<<>>"[at] for at in columns))
        if max(map(len, lines)) + len(MARGIN) <= page.width:
            break
    return lines


def _layers(told: Figures, page: MemoryPage) -> Iterator[str]:
    training = told.setup.mode == "training"
    title = "layer by layer: output, and the most held while it works"
    if training:
        title = "layer by layer: output, what is kept of it, the most held in its passes"
    lines, left = table(told.layers, page.width - len(MARGIN), page.layers)
    if left:
        lines.append(
            f"({exact(left)} more {'keep' if training else 'make'} less; --layers shows every layer)"
        )
    yield from _section(title, lines, page)
