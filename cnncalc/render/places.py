"""Places for readers of reports: paths relative to the root of the checked files, columns in UTF-16."""

import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.render.json_text import page_url
from cnncalc.text import Source, escaped

# The most characters of one line: a longer line is not useful in a report.
LONGEST = 4096


def page(item: Diagnostic) -> str:
    """The address of a diagnostic's page."""
    return page_url(item.code)


def path(file: str) -> str:
    """A file's path with `/`, relative to the current folder if it is below it, as in a repository."""
    if os.path.isabs(file):
        from_here = os.path.relpath(file)
        if from_here.split(os.sep, 1)[0] != os.pardir:
            file = from_here
    return os.path.normpath(file).replace(os.sep, "/")


def line(text: str) -> str:
    """A text on one line, with escapes for invisible characters."""
    return escaped(text, LONGEST)


def paragraph(text: str) -> list[str]:
    """A text line by line, with escapes for invisible characters."""
    return [line(part) for part in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def text_lines(item: Diagnostic) -> list[str]:
    """Message, notes and help, line by line, as in the text format."""
    texts = [item.message, *(f"note: {note.text}{_where(note, item)}" for note in item.notes)]
    if item.help is not None:
        texts.append(f"help: {item.help}")
    return [part for text in texts for part in paragraph(text)]


def _where(note: Note, item: Diagnostic) -> str:
    """The place of a note, unless its text has the line."""
    span = note.span
    if span is None or f"line {span.line}" in note.text:
        return ""
    file = "" if span.file == item.span.file else f"{path(span.file)} "
    return f" ({file}line {span.line})"


class Columns:
    """Columns counted in UTF-16 code units: a character above U+FFFF is two of them. Each line is read once."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        # By file and line, the positions of the characters that are two units.
        self._wide: dict[tuple[str, int], list[int]] = {}

    def of(self, span: Span) -> tuple[int, int]:
        """The columns of the start and the end of a span."""
        return self._column(span.file, span.line, span.column), self._column(
            span.file, span.end_line, span.end_column
        )

    def _column(self, file: str, number: int, column: int) -> int:
        wide = self._wide.get((file, number))
        if wide is None:
            source = self._sources.get(file)
            text = "" if source is None else source.line(number)
            wide = [] if text.isascii() else [index for index, sign in enumerate(text, 1) if sign > "\uffff"]
            self._wide[file, number] = wide
        return column + bisect_left(wide, column)


def fingerprints(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> list[str]:
    """A unique word for each diagnostic, which does not change after an edit elsewhere in the file.

    It is computed from the code, the file and the text of the line; if these are equal, from their order too.
    """
    lines: dict[tuple[str, int], tuple[str, str]] = {}
    seen: dict[tuple[str, str, str], tuple[Any, int]] = {}
    digests = []
    for item in diagnostics:
        span = item.span
        if (span.file, span.line) not in lines:
            source = sources.get(span.file)
            text = " ".join(source.line(span.line).split()) if source is not None else ""
            lines[span.file, span.line] = path(span.file), text
        what = (item.code, *lines[span.file, span.line])
        # A long line is read once for each code, not for each finding.
        hashed, count = seen.get(what) or (_hashed("\0".join((*what, ""))), 0)
        seen[what] = hashed, count + 1
        word = hashed.copy()
        word.update(str(count + 1).encode())
        digests.append(word.hexdigest()[:32])
    return digests


def _hashed(text: str) -> Any:
    # It imports OpenSSL, which takes longer to load than most reports to write.
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass"))
