"""The table of the course's notes, for a terminal: aligned, nothing wrapped."""

from collections.abc import Iterator
from textwrap import wrap

from cnncalc.render.claims import claim_lines
from cnncalc.render.piece import Piece
from cnncalc.render.report import ReportPage
from cnncalc.render.report.table import table
from cnncalc.render.report.totals import MARGIN, broken, totals
from cnncalc.report import Report
from cnncalc.text import escaped

# The most characters of a line between the two ends of the heading.
WIDEST = 120


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """Heading, table, totals, sentences, figures that are printed elsewhere."""
    yield Piece(heading(report, page.width), "bold")
    yield "\n\n"
    yield from table(report, page)
    yield "\n" + "".join(f"{MARGIN}{line}\n" for line in totals(report, page.width))
    if report.analysis.graph.devices:
        from cnncalc.render import devices

        yield "\n"
        yield from devices.text(report.analysis, page.width)
    if report.sentences:
        yield "\n" + "".join(f"{MARGIN}{line}.\n" for line in sentences(report, page.width))
    if claims := list(claim_lines(report.analysis)):
        room = _room(page.width)
        lines = claims if room is None else ["\n".join(broken(line, room, 2 * MARGIN)) for line in claims]
        yield "\n" + "".join(f"{MARGIN}{line}.\n" for line in lines)


def heading(report: Report, width: int | None) -> str:
    """Name, input, dtype and batch; their source at the right, if there is room."""
    analysis = report.analysis
    spec = analysis.graph.spec
    inputs = analysis.graph.inputs
    shapes = ", ".join(f"{node.name} {node.shape or '?'}" for node in inputs)
    parts = [
        escaped(spec.name) if spec.name else spec.file,
        shapes,
        analysis.dtype,
        f"batch {analysis.batch}",
    ]
    if analysis.graph.mode != "inference":
        parts.append(analysis.graph.mode)
    left, right = " · ".join(part for part in parts if part), escaped(spec.origin, 200)
    # On a very wide page they would be too far apart.
    space = min(width or 0, WIDEST) - len(left) - len(right)
    if right and space >= 3:
        return left + " " * space + right
    return "\n".join([*_headed(left, width), *(_headed(right, width) if right else ())])


def _headed(text: str, width: int | None) -> list[str]:
    """A line of the heading; a long line continues below, indented."""
    if width is None or len(text) <= width:
        return [text]
    return wrap(
        text, max(20, width), subsequent_indent=MARGIN, break_long_words=False, break_on_hyphens=False
    )


def sentences(report: Report, width: int | None) -> list[str]:
    """The sentences, as many on a line as fit; a long one continues below, indented."""
    lines: list[str] = []
    room = _room(width)
    for sentence in report.sentences:
        joined = f"{lines[-1]}; {sentence}" if lines else sentence
        if lines and (room is None or len(joined) <= room):
            lines[-1] = joined
        else:
            lines.append(sentence)
    if room is None:
        return lines
    return [
        "\n".join(wrap(line, room, subsequent_indent=2 * MARGIN, break_on_hyphens=False)) for line in lines
    ]


def _room(width: int | None) -> int | None:
    """The characters of a sentence on a line: after the margin, before a stop."""
    return None if width is None else max(20, width - len(MARGIN) - 1)
