"""The table of the course's notes, for a terminal: aligned, nothing wrapped."""

import re
from collections.abc import Iterator
from itertools import islice

from cnncalc.analysis import Totals
from cnncalc.analysis.unknown import is_known
from cnncalc.render._figures import UNKNOWN, exact, short, size
from cnncalc.render._piece import Piece
from cnncalc.render.report import Page
from cnncalc.render.report._columns import COLUMNS, NARROWER, WITH_NAMES, Column
from cnncalc.report import Report, Row
from cnncalc.text import escaped

MARGIN, GAP, INNER = "  ", 2, 1
# Rows put together before they are written.
CHUNK = 1000


def render(report: Report, page: Page) -> Iterator[str]:
    """Heading, table, totals, sentences."""
    yield Piece(heading(report, page.width), "bold")
    yield "\n\n"
    yield from table(report, page)
    yield "\n" + "".join(f"{MARGIN}{line}\n" for line in totals(report, page.width))
    if report.sentences:
        yield "\n" + "".join(f"{MARGIN}{line}.\n" for line in sentences(report, page.width))


def heading(report: Report, width: int | None) -> str:
    """Name, input, dtype and batch; where they came from at the right, if there is room."""
    analysis = report.analysis
    spec = analysis.graph.spec
    inputs = analysis.graph.inputs
    told = ", ".join(f"{node.name} {node.shape or '?'}" for node in inputs)
    parts = [escaped(spec.name) if spec.name else spec.file, told, analysis.dtype, f"batch {analysis.batch}"]
    if analysis.graph.mode != "inference":
        parts.append(analysis.graph.mode)
    left, right = " · ".join(part for part in parts if part), escaped(spec.origin, 200)
    if not right:
        return left
    space = (width or 0) - len(left) - len(right)
    return left + " " * space + right if space >= 3 else f"{left}\n{right}"


def table(report: Report, page: Page) -> Iterator[str]:
    """The rows under their titles. Without columns asked for, those that fit the page."""
    names = page.columns or (WITH_NAMES if page.width is None else (*WITH_NAMES, "values", "count"))
    widths = {name: _widths(COLUMNS[name]) for name in names}
    for row in report.rows():
        for name, told in widths.items():
            for at, cell in enumerate(COLUMNS[name].cells(row)):
                if len(cell) > told[at]:
                    told[at] = len(cell)
    shown = list(page.columns or WITH_NAMES)
    if page.columns is None and page.width is not None:
        for name, instead in NARROWER:
            if sum(_total(widths[one]) for one in shown) + len(MARGIN) - GAP <= page.width:
                break
            shown[shown.index(name) : shown.index(name) + 1] = [instead] if instead else []
    columns = [COLUMNS[name] for name in shown]
    yield Piece(_title(columns, widths), "dim")
    rows = report.rows()
    while chunk := "".join(_line(columns, widths, row) for row in islice(rows, CHUNK)):
        yield chunk


def _widths(column: Column) -> list[int]:
    return [0] * len(column.align) if len(column.align) > 1 else [len(column.title)]


def _total(widths: list[int]) -> int:
    return sum(widths) + INNER * (len(widths) - 1) + GAP


def _title(columns: list[Column], widths: dict[str, list[int]]) -> str:
    cells = []
    for column in columns:
        width = _total(widths[column.name]) - GAP
        right = column.align == ">"
        cells.append(column.title.rjust(width) if right else column.title.ljust(width))
    return (MARGIN + (" " * GAP).join(cells)).rstrip() + "\n"


def _line(columns: list[Column], widths: dict[str, list[int]], row: Row) -> str:
    cells = []
    for column in columns:
        aligned = [
            cell.rjust(width) if side == ">" else cell.ljust(width)
            for cell, width, side in zip(column.cells(row), widths[column.name], column.align, strict=True)
        ]
        cells.append((" " * INNER).join(aligned))
    return (MARGIN + (" " * GAP).join(cells)).rstrip() + "\n"


def totals(report: Report, width: int | None = None) -> list[str]:
    """The totals, units spelled out; what is longer than a line goes on under its own beginning."""
    analysis, sums = report.analysis, report.analysis.totals
    if sums.inexact:
        return _unknown(report, width)
    lines = [
        ("activations", _activations(sums, analysis.batch)),
        ("weights", f"{exact(sums.weights)}; parameters {exact(sums.params)} = {size(sums.param_bytes)}"
         f", x3 with momentum {size((sums.param_bytes or 0) * 3)}"),
    ]  # fmt: skip
    if sums.trainable_params != sums.params:
        lines.append(("trainable", f"{exact(sums.trainable_params)} parameters"))
    if sums.buffers:
        lines.append(
            ("buffers", f"{exact(sums.buffers)} values = {size(sums.buffer_bytes)} (saved, not learned)")
        )
    lines.append(
        ("MACs", f"{_spaced(sums.macs)} an image (products of conv, fc and matmul; 1 MAC = 2 FLOPs)")
    )
    names = max(len(name) for name, _ in lines)
    return [line for name, text in lines for line in _fitted(f"{name.ljust(names)}   ", text, width)]


def _unknown(report: Report, width: int | None) -> list[str]:
    """The totals of a network that is not known as a whole: what each is at least, and which layer is the reason."""
    inexact = report.analysis.totals.inexact

    def least(name: str) -> str:
        known = inexact[name].at_least
        return f"{UNKNOWN} (at least {exact(known)})" if known else UNKNOWN

    layer = inexact["params"].layer
    unknown = sum(not is_known(node) for node in report.analysis.graph.layers)
    if layer is None:
        why = "an error leaves open whether this is the network that is meant"
    elif unknown <= 1:
        why = f"{layer} is unknown, because of an error"
    else:
        why = f"{layer} is unknown, because of an error: {unknown:,} layers in all"
    lines = [
        ("activations", f"{least('activations')} values an image"),
        ("weights", f"{least('weights')}; parameters {least('params')}"),
        ("MACs", f"{least('macs')} an image"),
        ("unknown", why),
    ]
    names = max(len(name) for name, _ in lines)
    return [line for name, text in lines for line in _fitted(f"{name.ljust(names)}   ", text, width)]


def _fitted(begin: str, text: str, width: int | None) -> list[str]:
    """A text after its beginning, broken between words where the page is narrow: a figure keeps its unit."""
    if width is None or len(MARGIN) + len(begin) + len(text) <= width:
        return [begin + text]
    from textwrap import wrap

    # What belongs together is held by a space that is none, for as long as the line is broken.
    held = re.sub(r"(?<=\d) (?=\w)|(?<==) | (?==)", "\N{NO-BREAK SPACE}", text)
    lines = wrap(
        held, max(20, width - len(MARGIN) - len(begin)), break_long_words=False, break_on_hyphens=False
    )
    pieces = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
    return [begin + pieces[0], *(" " * len(begin) + piece for piece in pieces[1:])]


def _spaced(count: int | None) -> str:
    """`15.47 G`, `203,328`."""
    text = short(count)
    return f"{text[:-1]} {text[-1]}" if text[-1].isalpha() else text


def _activations(sums: Totals, batch: int) -> str:
    an_image = (sums.activation_bytes or 0) // batch
    text = (
        f"{exact(sums.activations)} values = {size(an_image)} an image, forward; "
        f"{size(2 * an_image)} with their gradients"
    )
    if batch > 1:
        text += f"; a batch of {batch}: {size(batch * an_image)} and {size(2 * batch * an_image)}"
    return text


def sentences(report: Report, width: int | None) -> list[str]:
    """The sentences, as many to a line as fit."""
    lines: list[str] = []
    for sentence in report.sentences:
        joined = f"{lines[-1]}; {sentence}" if lines else sentence
        if lines and (width is None or len(MARGIN) + len(joined) + 1 <= width):
            lines[-1] = joined
        else:
            lines.append(sentence)
    return lines
