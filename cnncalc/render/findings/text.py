"""Diagnostics as a person reads them: the fact, the place with a caret, where it came from, what fixes it."""

from collections.abc import Iterable, Iterator, Mapping

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.render.brief import note_lines, worst_first
from cnncalc.render.findings import Findings
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import broken, wrapped_findings
from cnncalc.text import Source

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
FRAME = "blue"
# Characters of a line shown around a caret; a longer line is cut with an ellipsis on either side.
EXCERPT = 100
# On a narrow terminal fewer, but no less than so many; beside them are the line's number, a frame and two ellipses.
LEAST, FRAMED = 20, 10


def render(findings: Findings) -> Iterator[str]:
    """A paragraph for each diagnostic, then the summary. On a page of some width words go on below, indented.

    In brief: errors and warnings, worst first; then the notes, on one line each or less.
    """
    if findings.brief:
        yield from _brief(findings)
    else:
        yield from _paragraphs(findings.diagnostics, findings)
    yield findings.summary


def _paragraphs(diagnostics: Iterable[Diagnostic], findings: Findings) -> Iterator[str]:
    width = findings.width
    room = EXCERPT if width is None else max(LEAST, min(EXCERPT, width - FRAMED))
    for item in diagnostics:
        pieces = _paragraph(item, findings.sources, room)
        yield from pieces if width is None else wrapped_findings(pieces, width)


def _brief(findings: Findings) -> Iterator[str]:
    notes = [item for item in findings.diagnostics if item.severity is Severity.INFO]
    others = [item for item in worst_first(findings.diagnostics) if item.severity is not Severity.INFO]
    yield from _paragraphs(others, findings)
    lines = list(note_lines(notes))
    for line in lines:
        yield f"{line if findings.width is None else broken(line, findings.width)}\n"
    if lines:
        yield "(`--show-notes` shows these whole, with help)\n\n"


def _paragraph(item: Diagnostic, sources: Mapping[str, Source], room: int) -> Iterator[str]:
    yield Piece(f"{item.severity.word}[{item.code}]", STYLES[item.severity])
    yield Piece(f" {item.name}: {item.message}\n", "bold")
    gutter = " " * len(str(item.span.line))
    yield Piece(f"{gutter}--> ", FRAME)
    yield f"{item.span.file}:{item.span.line}:{item.span.column}\n"
    yield from _excerpt(item.span, sources, gutter, STYLES[item.severity], room)
    for note in item.notes:
        yield Piece("note", "bold")
        yield f": {note.text}\n"
        yield from _second_place(note, item, sources, room)
    if item.help is not None:
        yield Piece("help", "bold green")
        yield f": {item.help}\n"
    yield "\n"


def _second_place(note: Note, item: Diagnostic, sources: Mapping[str, Source], room: int) -> Iterator[str]:
    """The place a note is about, unless its text says the line."""
    span = note.span
    if span is None or f"line {span.line}" in note.text:
        return
    gutter = " " * len(str(span.line))
    yield Piece(f"{gutter}--> ", FRAME)
    yield f"{span.file}:{span.line}:{span.column}\n"
    yield from _excerpt(span, sources, gutter, FRAME, room)


def _excerpt(span: Span, sources: Mapping[str, Source], gutter: str, style: str, room: int) -> Iterator[str]:
    source = sources.get(span.file)
    if source is None or not source.line(span.line):
        return
    line, start, length = _cut(source.line(span.line), span, room)
    yield Piece(f"{gutter} |\n{span.line} | ", FRAME)
    yield f"{line}\n"
    yield Piece(f"{gutter} | ", FRAME)
    yield " " * _cells(line[:start])
    yield Piece("^" * max(1, _cells(line[start : start + length])), style)
    yield "\n"


def _cut(line: str, span: Span, room: int = EXCERPT) -> tuple[str, int, int]:
    """The line as shown, and where in it the span stands: control characters as one sign, long lines cut."""
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    length = max(1, min(end, len(line)) - start)
    left = max(0, min(start - room // 3, len(line) - room))
    right = left + room
    head, tail = "\N{HORIZONTAL ELLIPSIS}" * (left > 0), "\N{HORIZONTAL ELLIPSIS}" * (right < len(line))
    shown = "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for sign in line[left:right].replace("\t", " ")
    )
    return head + shown + tail, start - left + len(head), max(1, min(length, right - start))


def _cells(text: str) -> int:
    """Columns a terminal uses for a text."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
