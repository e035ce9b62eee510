"""A memory report for a terminal: the peak, its parts, and the memory over time."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from cnncalc.figure_words import percent
from cnncalc.memory.report import Figures, MemoryReport
from cnncalc.render.bars import ASCII, BLOCKS, Ink, bar
from cnncalc.render.figures import between, exact, size
from cnncalc.render.memory import MemoryPage
from cnncalc.render.memory._beside import course, exercise, unknown
from cnncalc.render.memory._cells import GAP, aligned
from cnncalc.render.memory._layers import table
from cnncalc.render.memory._plot import chart
from cnncalc.render.memory.words import CATEGORY_WORDS, describe_moment, describe_setup
from cnncalc.render.piece import Piece
from cnncalc.text import escaped

MARGIN = "  "
BAR, PLOT = 30, 8
# The most columns of a chart.
WIDEST = 120
DEVICES = "by device; the other figures are of the one with the highest peak"
HELD_OTHERWISE = {
    "graph": "where only readers hold a tensor",
    "modules": "where module calls hold their input",
}
COURSE = "in the course's convention (CS231n), only from volumes and parameters"
EXERCISE = "in a textbook's convention (exercise in Hands-On Machine Learning), at least"


def render(report: MemoryReport, page: MemoryPage) -> Iterator[str]:
    """Sections from the peak to the memory that is not counted; nothing if shapes are unknown."""
    figures = report.figures
    if figures is None:
        return
    ink = ASCII if page.ascii else BLOCKS
    yield from _heading(report, figures, page)
    yield "\n"
    yield from _peak(report, figures, page)
    yield from _held_otherwise(figures, page)
    if figures.devices:
        yield from _section(DEVICES, _devices(figures, page), page)
    at_peak = "in memory at the peak" + (f", on {figures.device}" if figures.device else "")
    yield from _section(at_peak, _breakdown(figures, ink, page), page)
    if figures.largest:
        yield from _section("the largest tensors of it", _largest(figures, page), page)
    base = figures.timeline[0].nbytes
    moments = [moment for moment in figures.timeline if moment.phase != "start"]
    lines = chart(moments, base, min(page.width, WIDEST) - len(MARGIN), PLOT, ink)
    yield from _section(f"over time, in MiB, above the {size(base)} at the start", lines, page)
    yield from _layers(figures, page)
    whole = ", of all devices together" if figures.devices else ""
    yield from _section(COURSE + whole, course(figures.textbook.course), page)
    yield from _section(EXERCISE + whole, exercise(figures.textbook.exercise), page)
    yield from _section("not known from the network alone", unknown(figures.unknown), page)


def _section(title: str, lines: Sequence[str], page: MemoryPage) -> Iterator[str]:
    if lines:
        yield "\n"
        yield Piece("".join(f"{line}\n" for line in _broken(title, page)), "dim")
        yield "".join(f"{part}\n" for line in lines for part in _broken(line, page))


def _broken(line: str, page: MemoryPage) -> list[str]:
    """A line after the margin; a long line continues below, indented."""
    if len(MARGIN) + len(line) <= page.width:
        return [f"{MARGIN}{line}".rstrip()]
    room = max(20, page.width - len(MARGIN))
    pieces = wrap(line, room, subsequent_indent=2 * MARGIN, break_long_words=False, break_on_hyphens=False)
    return [f"{MARGIN}{piece}".rstrip() for piece in pieces]


def _strong(beginning: str, line: str, page: MemoryPage, style: str) -> Iterator[str]:
    """A line whose beginning has a style; the rest of a long one continues below."""
    first, *more = _broken(line, page)
    strong = len(MARGIN) + len(beginning)
    yield Piece(first[:strong], style)
    yield "".join(f"{part}\n" for part in (first[strong:], *more))


def _heading(report: MemoryReport, figures: Figures, page: MemoryPage) -> Iterator[str]:
    """Name and input; then the setup."""
    graph = report.graph
    inputs = ", ".join(f"{node.name} {node.shape}" for node in graph.inputs)
    batch = f"batch {report.batch}"
    if figures.share != report.batch:
        batch += f" ({figures.share} on a device)"
    name = escaped(graph.spec.name) if graph.spec.name else graph.spec.file
    parts = (name, inputs, batch, *describe_setup(figures.setup, graph))
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


def _peak(report: MemoryReport, figures: Figures, page: MemoryPage) -> Iterator[str]:
    yield from _headline(report, figures, page)
    what = "of tensors" if figures.context else ""
    amount = f" {what} at the peak = {exact(figures.peak)} bytes,".replace("  ", " ")
    place = describe_moment(*figures.peak_place)
    place = f"{place}, on {figures.device}" if figures.device else place
    whole = f"{size(figures.peak)}{amount}"
    fits = len(MARGIN) + len(whole) + 1 + len(place) <= page.width
    lines = [f"{whole} {place}"] if fits else [whole, place]
    yield from _strong(size(figures.peak), lines[0], page, "" if figures.context else "bold")
    yield "".join(f"{part}\n" for line in lines[1:] for part in _broken(line, page))


def _headline(report: MemoryReport, figures: Figures, page: MemoryPage) -> Iterator[str]:
    """What people read on a GPU, each figure under the name that PyTorch or the tool has for it."""
    if figures.allocated is None or figures.reserved is None or figures.context is None:
        return
    allocated = between(figures.allocated, figures.most_allocated or figures.allocated)
    reserved = between(figures.reserved, figures.most_reserved or figures.reserved)
    yield from _strong(allocated, f"{allocated} allocated (torch.cuda.max_memory_allocated)", page, "bold")
    line = f"{reserved} reserved (torch.cuda.max_memory_reserved)"
    yield "".join(f"{part}\n" for part in _broken(line, page))
    context = figures.context
    most = (figures.most_reserved or figures.reserved) + context.nbytes
    how = f"{size(context.nbytes)} {'assumed' if context.assumed else 'measured'} for the CUDA context"
    line = f"{between(figures.reserved + context.nbytes, most)} in nvidia-smi, with {how}"
    yield "".join(f"{part}\n" for part in _broken(line, page))
    if report.gpu is not None:
        share = most / report.gpu.memory
        line = f"{share:.1%} of the {size(report.gpu.memory)} of {report.gpu.name}"
        hint = "; use `cnncalc fit` to find a batch that fits" if share > 1 else ""
        yield Piece(f"{MARGIN}{line}{hint}\n", "bold red" if share > 1 else "")


def _held_otherwise(figures: Figures, page: MemoryPage) -> Iterator[str]:
    """The peak with the other holders, on a line."""
    if (held := figures.held_otherwise) is None:
        return
    line = f"{size(held.peak)} {HELD_OTHERWISE[held.holders]} (--holders {held.holders})"
    yield "".join(f"{part}\n" for part in _broken(line, page))


def _devices(figures: Figures, page: MemoryPage) -> list[str]:
    """The peak of each device, and the largest parts of it; a narrow page leaves parts out."""
    titles = ("device", "peak", "reserved", "parameters", "activations", "peak in")
    rows = [titles]
    for device in figures.devices:
        held = device.breakdown
        reserved = "" if device.reserved is None else size(device.reserved)
        parts = size(held["params"]), size(held["activations"])
        rows.append((device.name, size(device.peak), reserved, *parts, describe_moment(*device.peak_place)))
    for columns in ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 2)):
        kept = [column for column in columns if any(row[column] for row in rows[1:])]
        lines = aligned(
            [[row[column] for column in kept] for row in rows], "".join("<>>>><"[column] for column in kept)
        )
        if max(map(len, lines)) + len(MARGIN) <= page.width:
            break
    return lines


def _share(nbytes: int, figures: Figures) -> str:
    """Its share of the peak."""
    return percent(nbytes, figures.peak, 1, in_a_table=True) if figures.peak else ""


def _breakdown(figures: Figures, ink: Ink, page: MemoryPage) -> list[str]:
    """A bar for each category that has memory."""
    held = [(CATEGORY_WORDS.get(name, name), nbytes) for name, nbytes in figures.breakdown.items() if nbytes]
    cells = [(name, size(nbytes), _share(nbytes, figures)) for name, nbytes in held]
    lines = aligned(cells, "<>>")
    most = max(nbytes for _, nbytes in held)
    room = max(5, min(BAR, page.width - len(MARGIN) - max(map(len, lines)) - len(GAP)))
    return [
        f"{line}{GAP}{bar(nbytes, most, room, ink)}" for line, (_, nbytes) in zip(lines, held, strict=True)
    ]


def _largest(figures: Figures, page: MemoryPage) -> list[str]:
    """Layer, tensor, category, size and share; a narrow page leaves out the share, then the category."""
    rows = [
        (
            tensor.layer or "",
            tensor.tensor,
            CATEGORY_WORDS.get(tensor.category, tensor.category),
            size(tensor.nbytes),
            _share(tensor.nbytes, figures),
        )
        for tensor in figures.largest
    ]
    for columns in ((0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 3)):
        lines = aligned(
            [[row[column] for column in columns] for row in rows],
            "".join("<<<>>"[column] for column in columns),
        )
        if max(map(len, lines)) + len(MARGIN) <= page.width:
            break
    return lines


def _layers(figures: Figures, page: MemoryPage) -> Iterator[str]:
    training = figures.setup.mode == "training"
    title = "layer by layer: output, and the most memory while it runs"
    if training:
        title = "layer by layer: output, memory kept of it, the most memory in its passes"
    ink = ASCII if page.ascii else BLOCKS
    lines, left = table(figures.layers, page.width - len(MARGIN), page.layers, ink if page.bars else None)
    if left:
        lines.append(
            f"({exact(left)} more {'keep' if training else 'make'} less; --layers shows every layer)"
        )
    yield from _section(title, lines, page)
