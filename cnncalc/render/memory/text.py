"""A memory report for a terminal: the peak, what it is made of, and how it comes about."""

from collections.abc import Iterator, Sequence

from cnncalc.memory.report import Figures, Place, Report
from cnncalc.render._figures import exact, size
from cnncalc.render._piece import Piece
from cnncalc.render.memory import Page
from cnncalc.render.memory._layers import table
from cnncalc.render.memory._plot import ASCII, BLOCKS, Ink, bar, chart
from cnncalc.text import escaped

MARGIN, GAP = "  ", "  "
BAR, PLOT = 30, 8
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


def render(report: Report, page: Page) -> Iterator[str]:
    """Sections from the peak to what is not counted; nothing but the heading where shapes are unknown."""
    told = report.figures
    if told is None:
        return
    ink = ASCII if page.ascii else BLOCKS
    yield from _heading(report, told, page)
    yield "\n"
    yield from _peak(report, told, page)
    yield from _section("alive at the peak", _breakdown(told, page, ink))
    if told.largest:
        yield from _section("the largest of it", _largest(told))
    base = told.timeline[0].nbytes
    moments = [moment for moment in told.timeline if moment.phase != "start"]
    lines = chart(moments, base, page.width - len(MARGIN), PLOT, ink)
    yield from _section(f"over time, in MiB, above the {size(base)} that are there before", lines)
    yield from _layers(told, page)
    yield from _textbook(told, page)
    yield from _unknown(told, page)


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "\n"
        yield Piece(f"{MARGIN}{title}\n", "dim")
        yield "".join(f"{MARGIN}{line}".rstrip() + "\n" for line in lines)


def _heading(report: Report, told: Figures, page: Page) -> Iterator[str]:
    """Name and input; then how the network is run."""
    graph = report.graph
    inputs = ", ".join(f"{node.name} {node.shape}" for node in graph.inputs)
    batch = f"batch {report.batch}"
    if told.share != report.batch:
        batch += f" ({told.share} on a device)"
    name = escaped(graph.spec.name) if graph.spec.name else graph.spec.file
    parts = (name, inputs, batch, *told.words)
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


def _peak(report: Report, told: Figures, page: Page) -> Iterator[str]:
    yield Piece(f"{MARGIN}{size(told.peak)}", "bold")
    amount, place = f" at the peak = {exact(told.peak)} bytes,", _where(told.at)
    fits = len(MARGIN) + len(size(told.peak)) + len(amount) + 1 + len(place) <= page.width
    between = " " if fits else f"\n{MARGIN}"
    yield f"{amount}{between}{place}\n"
    if told.reserved is not None:
        yield f"{MARGIN}{size(told.reserved)} reserved by PyTorch's allocator = {exact(told.reserved)} bytes\n"
        if report.gpu is not None:
            share = told.reserved / report.gpu.memory
            told_share = f"{share:.1%} of the {size(report.gpu.memory)} of {report.gpu.name}"
            yield Piece(f"{MARGIN}{told_share}\n", "bold red" if share > 1 else "")


def _where(at: Place) -> str:
    if at.phase == "start":
        return "before the first layer"
    if at.phase == "step":
        return "in the optimizer's step"
    return f"{at.phase} of {at.layer}" if at.layer else f"{at.phase} of the loss"


def _breakdown(told: Figures, page: Page, ink: Ink) -> list[str]:
    """A bar for each category that is there."""
    held = [(CATEGORIES.get(name, name), nbytes) for name, nbytes in told.breakdown.items() if nbytes]
    cells = [(name, size(nbytes), _percent(nbytes, told.peak)) for name, nbytes in held]
    lines = _aligned(cells, "<>>")
    most = max(nbytes for _, nbytes in held)
    return [
        f"{line}{GAP}{bar(nbytes, most, BAR, ink)}" for line, (_, nbytes) in zip(lines, held, strict=True)
    ]


def _largest(told: Figures) -> list[str]:
    return _aligned(
        [
            (
                one.layer or "",
                one.tensor,
                CATEGORIES.get(one.category, one.category),
                size(one.nbytes),
                _percent(one.nbytes, told.peak),
            )
            for one in told.largest
        ],
        "<<<>>",
    )


def _layers(told: Figures, page: Page) -> Iterator[str]:
    lines, left = table(told.layers, page.width - len(MARGIN), page.layers)
    title = "layer by layer: output, what is kept of it, the most held in its passes"
    if told.setup.mode != "training":
        title = "layer by layer: output, and the most held while it works"
    if left:
        lines.append(f"({left} more hold less; --layers shows every layer)")
    yield from _section(title, lines)


def _textbook(told: Figures, page: Page) -> Iterator[str]:
    """The course's sums, then the exercise's."""
    course, exercise = told.textbook
    lines = _aligned(
        [
            (
                "activations",
                size(course.activation_bytes),
                "x2, with their gradients",
                size(course.with_gradients_bytes),
            ),
            (
                "parameters",
                size(course.parameter_bytes),
                "x3, with gradients and momentum",
                size(course.learning_bytes),
            ),
            ("images", size(course.input_bytes), "", size(course.input_bytes)),
            ("in all", "", "", size(course.total_bytes)),
        ],
        "<><>",
    )
    lines += [
        "",
        f"one prediction   at least {size(exercise.prediction_bytes)}: two neighbouring volumes, parameters",
    ]
    lines += [
        f"training         at least {size(exercise.training_bytes)}: all activations, images, parameters"
    ]
    yield from _section("a textbook's estimates, from volumes and parameters alone", lines)


def _unknown(told: Figures, page: Page) -> Iterator[str]:
    """What is not in the figures, or with its least only."""
    lines = []
    for held in told.unknown:
        most = "unknown" if held.size.high is None else f"{size(held.size.high)} each; --gpu tells"
        counted = "counted with its least" if held.size.low else "not counted"
        where = "" if held.counted else ", beside what is reserved"
        text = f"{counted}: {held.name} ({size(held.size.low)} to {most}){where}"
        lines += _wrapped(text, page.width - len(MARGIN))
    if lines:
        yield "\n" + "".join(f"{MARGIN}{line}\n" for line in lines)


def _wrapped(text: str, width: int) -> list[str]:
    """A text in lines, broken between words."""
    from textwrap import wrap

    return wrap(text, max(20, width), break_long_words=False, break_on_hyphens=False)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _aligned(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Cells in columns, each to its side."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        GAP.join(
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(row, widths, sides, strict=True)
        )
        for row in rows
    ]
