"""Places as the readers of a report want them: paths from the root of what was checked, columns in UTF-16."""

import os
from collections.abc import Mapping, Sequence
from hashlib import sha256

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.render._json import DOCS
from cnncalc.text import Source, escaped

# Characters of one line at most: what is longer helps nobody in a report.
LONGEST = 4096


def page(item: Diagnostic) -> str:
    """The address of a diagnostic's page."""
    return f"{DOCS}#{item.code.lower()}-{item.name}"


def path(file: str) -> str:
    """A file's path with `/`, from the current folder on where it is below it: what a repository knows it by."""
    if os.path.isabs(file):
        from_here = os.path.relpath(file)
        if from_here.split(os.sep, 1)[0] != os.pardir:
            file = from_here
    return os.path.normpath(file).replace(os.sep, "/")


def line(text: str) -> str:
    """A text on one line, what cannot be seen as an escape."""
    return escaped(text, LONGEST)


def paragraph(text: str) -> list[str]:
    """A text line by line, what cannot be seen as an escape."""
    return [line(part) for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def told(item: Diagnostic) -> list[str]:
    """Message, notes and help, line by line, as text shows them."""
    texts = [item.message, *(f"note: {note.text}{_where(note, item)}" for note in item.notes)]
    if item.help is not None:
        texts.append(f"help: {item.help}")
    return [part for text in texts for part in paragraph(text)]


def _where(note: Note, item: Diagnostic) -> str:
    """The place a note is about, unless its text says the line."""
    span = note.span
    if span is None or f"line {span.line}" in note.text:
        return ""
    file = "" if span.file == item.span.file else f"{path(span.file)} "
    return f" ({file}line {span.line})"


def utf_16(span: Span, sources: Mapping[str, Source]) -> tuple[int, int]:
    """The columns of a span's ends, counted in UTF-16 code units: a character past U+FFFF is two of them."""
    source = sources.get(span.file)
    if source is None:
        return span.column, span.end_column
    return tuple(  # type: ignore[return-value]
        column + sum(sign > "\uffff" for sign in source.line(number)[: column - 1])
        for number, column in ((span.line, span.column), (span.end_line, span.end_column))
    )


def fingerprints(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> list[str]:
    """A word for each diagnostic: no two alike, and the same after an edit elsewhere in the file.

    It is made of the code, the file and the text of the line; of several that agree in all, of their order too.
    """
    seen: dict[tuple[str, str, str], int] = {}
    made = []
    for item in diagnostics:
        source = sources.get(item.span.file)
        text = " ".join(source.line(item.span.line).split()) if source is not None else ""
        what = (item.code, path(item.span.file), text)
        seen[what] = seen.get(what, 0) + 1
        hashed = sha256("\0".join((*what, str(seen[what]))).encode("utf-8", "surrogatepass"))
        made.append(hashed.hexdigest()[:32])
    return made
