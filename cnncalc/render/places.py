"""Places as the readers of a report want them: paths from the root of what was checked, columns in UTF-16."""

import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.render.json_text import page_url
from cnncalc.text import Source, escaped

# Characters of one line at most: what is longer helps nobody in a report.
LONGEST = 4096


def page(item: Diagnostic) -> str:
    """The address of a diagnostic's page."""
    return page_url(item.code)


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


def text_lines(item: Diagnostic) -> list[str]:
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


class Columns:
    """Columns counted in UTF-16 code units: a character past U+FFFF is two of them. Each line is looked at once."""

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        # By file and line, where in it the characters stand that are two units.
        self._wide: dict[tuple[str, int], list[int]] = {}

    def of(self, span: Span) -> tuple[int, int]:
        """The columns of a span's ends."""
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
    """A word for each diagnostic: no two alike, and the same after an edit elsewhere in the file.

    It is made of the code, the file and the text of the line; of several that agree in all, of their order too.
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
        # A long line is gone through once for each code, not for each finding.
        hashed, count = seen.get(what) or (_hashed("\0".join((*what, ""))), 0)
        seen[what] = hashed, count + 1
        word = hashed.copy()
        word.update(str(count + 1).encode())
        digests.append(word.hexdigest()[:32])
    return digests


def _hashed(text: str) -> Any:
    # It brings OpenSSL along, which takes longer to load than most reports to write.
    from hashlib import sha256

    return sha256(text.encode("utf-8", "surrogatepass"))
