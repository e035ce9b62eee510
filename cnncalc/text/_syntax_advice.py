"""Common mistakes in YAML's syntax: a missing dash, colon or quote. They are searched in the text."""

import re

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.text import faults as faults
from cnncalc.text.source import Source, escaped


def unclosed(source: Source, line: int, column: int) -> Diagnostic:
    quote = source.line(line)[column - 1 : column]
    fact = "this quote is not closed"
    help = f"close it with {quote} at the end of the text, on the same line"
    return faults.YAML_SYNTAX.at(Span(source.name, line, column, line, column + 1), fact, help=help)


# `- conv {filters: 8}`: the word is read up to the colon inside the braces.
_BRACES = re.compile(r"(?P<before>\s*(?:- +)*)(?P<word>[A-Za-z_]\w*)\s*(?P<brace>\{)", re.ASCII)


def colon_missing(source: Source, line: int, column: int) -> Diagnostic | None:
    """A layer and its braces without a colon between them, on this line or on one of those above."""
    for number in (line, *range(line - 1, max(0, line - 4), -1)):
        text = source.line(number)
        match = _BRACES.match(text)
        if match is not None and (number < line or match.end() <= column):
            start, end = match.start("word") + 1, match.end("word") + 1
            span = Span(source.name, number, start, number, end)
            brace = Span(source.name, number, end, number, match.end("brace") + 1)
            return faults.YAML_SYNTAX.at(
                span,
                f"a colon is missing after `{match['word']}`",
                help=f"write `{match['word']}: {{`",
                fixes=[Fix(f"write {match['word']}: {{", (Edit(brace, ": {"),))],
            )
        if text.strip() and number < line and ":" in text:
            break
    return None


_BRACED = re.compile(r"\$\{(\w+)\}", re.ASCII)


def braced_parameter(source: Source, line: int) -> Diagnostic | None:
    """`${width}`, as a shell writes it: inside braces YAML reads the brace after the `$`."""
    match = _BRACED.search(source.line(line))
    if match is None:
        return None
    span = Span(source.name, line, match.start() + 1, line, match.end() + 1)
    return faults.YAML_SYNTAX.at(
        span,
        f"`{match[0]}`: a parameter has no braces, which YAML reads as a mapping",
        help=f"write `${match[1]}`",
        fixes=[Fix(f"write ${match[1]}", (Edit(span, f"${match[1]}"),))],
    )


def trailing(source: Source, line: int, column: int) -> Diagnostic:
    if (opened := _opened_above(source, line, column)) is not None:
        return unclosed(source, *opened)
    help = "put the whole text in quotes; inside single quotes, write a single quote twice"
    return faults.YAML_SYNTAX.at(
        character(source, line, column), "there is text after the end of a value", help=help
    )


def dash_missing_here(source: Source, line: int, column: int) -> Diagnostic | None:
    """A word without a colon in the column of the keys of the item above: probably an item without its `- `."""
    margin = column - 1
    text = source.line(line)
    above = source.line(next((number for number in range(line - 1, 0, -1) if source.line(number).strip()), 0))
    is_in_item = above[margin - 2 : margin] == "- " and not above[: margin - 2].strip()
    if not is_in_item or ":" in text:
        return None
    word = text.strip().split()[0]
    span = Span(source.name, line, column, line, column + len(word))
    return faults.YAML_SYNTAX.at(
        span,
        f"`{escaped(word)}` is read as a key of the item above, but has no colon",
        help=f"if it is another layer, start the line like the item above: `- {escaped(word)}`",
    )


def dash_missing_above(source: Source, line: int, column: int) -> Diagnostic | None:
    """An item without `- `, above an item with `- ` in the same column."""
    margin = column - 1
    if not source.line(line)[margin:].startswith("- "):
        return None
    for number in range(line - 1, 0, -1):
        other = source.line(number)
        start = len(other) - len(other.lstrip())
        if not other.strip() or other.lstrip().startswith("#") or start > margin:
            continue
        if start < margin or other[margin:].startswith("- "):
            return None
        if (item := _item_of_key(source, number, margin)) is not None:
            return _too_deep(source, line, column, item)
        span = Span(source.name, number, start + 1, number, len(other.rstrip()) + 1)
        note = Note("the next one has it", Span(source.name, line, column, line, column + 1))
        insertion = Edit(Span(source.name, number, start + 1, number, start + 1), "- ")
        return faults.YAML_SYNTAX.at(
            span,
            "this item of a list does not start with `- `",
            notes=[note],
            help=f"write `- {escaped(other.strip())}`",
            fixes=[Fix("start it with `- `", (insertion,))],
        )
    return None


def _item_of_key(source: Source, line: int, margin: int) -> int | None:
    """The line of the item `- ...` that has the key on this line, which starts in the column after its dash."""
    for number in range(line - 1, 0, -1):
        text = source.line(number)
        start = len(text) - len(text.lstrip())
        if text.strip() and not text.lstrip().startswith("#") and start < margin:
            return number if start == margin - 2 and text[start:].startswith("- ") else None
    return None


def _too_deep(source: Source, line: int, column: int, item: int) -> Diagnostic:
    """An item that starts in the column of the keys of the item above."""
    start = column - 2
    return faults.YAML_SYNTAX.at(
        character(source, line, column),
        "this item starts deeper than the item above",
        notes=[Note("the item above starts here", Span(source.name, item, start, item, start + 1))],
        help=f"start it in column {start} too",
    )


def odd_quote(text: str) -> int | None:
    """The column of a double quote that is not closed on its line."""
    return text.rindex('"') + 1 if text.count('"') % 2 else None


def _opened_above(source: Source, line: int, column: int) -> tuple[int, int] | None:
    """The start of a quoted text that ends before this place, if it starts on a line above."""
    before = source.line(line)[: column - 1].rstrip()
    quote = before[-1:]
    if quote not in ("'", '"') or not quote or before.count(quote) % 2 == 0:
        return None
    for above in range(line - 1, 0, -1):
        text = source.line(above)
        if text.count(quote) % 2:
            return above, text.rindex(quote) + 1
    return None


def character(source: Source, line: int, column: int) -> Span:
    """The span of one character, empty at the end of a line. The end of the text is the end of its last word."""
    last = source.text.rstrip()
    end_line = last.count("\n") + 1
    end_column = len(last) - last.rfind("\n")
    line, column = min((line, column), (end_line, end_column))
    width = 1 if column <= len(source.line(line)) else 0
    return Span(source.name, line, column, line, column + width)
