"""PyYAML's complaints in plain words, the same words for both of its parsers."""

import re

from yaml import MarkedYAMLError

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.text import faults as faults
from cnncalc.text.source import Source, escaped

BAD_ESCAPE = "a backslash in these double quotes starts no escape that YAML knows"
BLOCK_TEXT = "a block text starts on the line after `|` or `>`"

# (a part of what PyYAML says, what is the matter, what helps). The first that fits is taken.
_PLAIN_WORDS: tuple[tuple[str, str, str | None], ...] = (
    ("unexpected ':'", "a colon stands against a bracket or comma", "put a space after the colon"),
    (
        "expected ',' or ']'",
        "a list opened with `[` is not closed",
        "close it with `]`, or part its items with `,`",
    ),
    (
        "expected ',' or '}'",
        "a mapping opened with `{` is not closed",
        "close it with `}`, or part its entries with `,`",
    ),
    (
        "mapping values are not allowed",
        "a colon stands where no key can",
        "one line holds one `key: value`: a layer with keys below it takes a colon too (`- relu:`), more keys in one "
        "line take braces, and a text with a colon takes quotes",
    ),
    ("mapping keys are not allowed", "a `?` stands where no key can", "put the text in quotes"),
    (
        "sequence entries are not allowed",
        "a `-` stands where no list can start",
        "start the list on a line of its own, below its key",
    ),
    (
        "expected ':'",
        "a key without a colon",
        "write `key: value` with a space after the colon, at one indentation with its neighbours",
    ),
    ("expected key", "the line fits no mapping above it", "indent it as its neighbours are"),
    ("expected '-' indicator", "the line fits no list above it", "indent it as its neighbours are"),
    ("end of stream", "a quote is not closed", "close it with the quote it was opened with"),
    ("unexpected document", "a quote is not closed", "close it with the quote it was opened with"),
    ("escape", BAD_ESCAPE, "write `\\\\` for a backslash, or use single quotes"),
    ("hexdecimal number", BAD_ESCAPE, "write `\\\\` for a backslash, or use single quotes"),
    ("expected node content", "a value is missing here", None),
    (
        "expected alphabetic or numeric",
        "`&` or `*` without a name",
        "put a text that starts with it in quotes",
    ),
    ("document start>", "text stands after the end of the document", None),
    ("indentation indicator", BLOCK_TEXT, None),
    ("line break", BLOCK_TEXT, None),
)


def syntax_fault(error: MarkedYAMLError, source: Source) -> Diagnostic:
    """The diagnostic for an exception of PyYAML's scanner or parser."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = _normal(error.problem or "", error.context or "")
    if "cannot start any token" in problem:
        return _bad_start(source, line, column)
    if "tag handle" in problem:
        return faults.TAG.at(
            _character(source, line, column), "the tag's handle is not defined", help="leave the tag out"
        )
    if (
        problem.endswith(("expected key", "expected '-' indicator"))
        and source.line(line)[: column - 1].strip()
    ):
        return _trailing(source, line, column)
    unknown = ("", f"this is not YAML: {escaped(problem)}", None)
    _, fact, help = next((row for row in _PLAIN_WORDS if row[0] in problem), unknown)
    notes: list[Note] = []
    if fact.startswith("a key") and opened is not None:
        line, column = opened.line + 1, opened.column + 1
    if (dash := _dash_missing(source, line, column, fact)) is not None:
        return dash
    if missing := _colon_missing(source, line, column, fact):
        return missing
    if braced := _braced_parameter(source, line):
        return braced
    if opened is not None and fact.startswith("a quote"):
        # Where the text ends tells nothing: the fault is where the quote was opened.
        return _unclosed(source, opened.line + 1, opened.column + 1)
    if opened is not None and fact.startswith(("a list opened", "a mapping opened")):
        if opened.line + 1 < line and (quote := _odd_quote(source.line(opened.line + 1))) is not None:
            return _unclosed(source, opened.line + 1, quote)
        place = Span(source.name, opened.line + 1, opened.column + 1, opened.line + 1, opened.column + 2)
        notes.append(Note("it is opened here", place))
    elif fact.startswith(("a backslash", "a block text")) and opened is not None:
        line, column = opened.line + 1, opened.column + 1
    return faults.YAML_SYNTAX.at(_character(source, line, column), fact, notes=notes, help=help)


def _normal(problem: str, context: str) -> str:
    """libyaml and PyYAML say a few things in different words."""
    if problem.startswith("expected <block end>"):
        return "expected key" if "mapping" in context else "expected '-' indicator"
    return problem.replace("expected the node content", "expected node content")


def _unclosed(source: Source, line: int, column: int) -> Diagnostic:
    quote = source.line(line)[column - 1 : column]
    fact = "this quote is not closed"
    help = f"close it with {quote} where the text ends, on the same line"
    return faults.YAML_SYNTAX.at(Span(source.name, line, column, line, column + 1), fact, help=help)


# `- conv {filters: 8}`: the word is read on to the colon inside the braces.
_BRACES = re.compile(r"(?P<before>\s*(?:- +)*)(?P<word>[A-Za-z_]\w*)\s*(?P<brace>\{)", re.ASCII)


def _colon_missing(source: Source, line: int, column: int, fact: str) -> Diagnostic | None:
    """A layer and its braces without a colon between them, on the line of the fault or on the one above."""
    if not fact.startswith("a colon stands where no key"):
        return None
    for at in (line, *(above for above in range(line - 1, max(0, line - 4), -1))):
        text = source.line(at)
        match = _BRACES.match(text)
        if match is not None and (at < line or match.end() <= column):
            start, end = match.start("word") + 1, match.end("word") + 1
            span = Span(source.name, at, start, at, end)
            brace = Span(source.name, at, end, at, match.end("brace") + 1)
            told = f"a colon is missing after `{match['word']}`"
            return faults.YAML_SYNTAX.at(
                span,
                told,
                help=f"write `{match['word']}: {{`",
                fixes=[Fix(f"write {match['word']}: {{", (Edit(brace, ": {"),))],
            )
        if text.strip() and at < line and ":" in text:
            break
    return None


_BRACED = re.compile(r"\$\{(\w+)\}", re.ASCII)


def _braced_parameter(source: Source, line: int) -> Diagnostic | None:
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


def _trailing(source: Source, line: int, column: int) -> Diagnostic:
    if (opened := _opened_above(source, line, column)) is not None:
        return _unclosed(source, *opened)
    help = "put the whole text in quotes; in single quotes write a single quote twice"
    return faults.YAML_SYNTAX.at(
        _character(source, line, column), "text follows a value that has ended", help=help
    )


def _dash_missing(source: Source, line: int, column: int, fact: str) -> Diagnostic | None:
    """An item without `- ` above, or below, one that has it, both in the same column."""
    if not fact.startswith(("the line fits no", "a key without a colon")):
        return None
    margin = column - 1
    text = source.line(line)
    if fact.startswith("a key"):
        above = next((at for at in range(line - 1, 0, -1) if source.line(at).strip()), 0)
        inside = (
            source.line(above)[margin - 2 : margin] == "- " and not source.line(above)[: margin - 2].strip()
        )
        if not inside or ":" in text:
            return None
        word = text.strip().split()[0]
        span = Span(source.name, line, column, line, column + len(word))
        told = f"`{escaped(word)}` is read as a key of the item above, and has no colon"
        return faults.YAML_SYNTAX.at(
            span, told, help=f"for a layer of its own start the line as the item above: `- {escaped(word)}`"
        )
    if not text[margin:].startswith("- "):
        return None
    for at in range(line - 1, 0, -1):
        other = source.line(at)
        start = len(other) - len(other.lstrip())
        if not other.strip() or start > margin:
            continue
        if start < margin or other[margin:].startswith("- "):
            return None
        span = Span(source.name, at, start + 1, at, len(other.rstrip()) + 1)
        note = Note("the next one has it", Span(source.name, line, column, line, column + 1))
        return faults.YAML_SYNTAX.at(
            span,
            "this item of a list does not start with `- `",
            notes=[note],
            help=f"write `- {escaped(other.strip())}`",
            fixes=[Fix("start it with `- `", (Edit(Span(source.name, at, start + 1, at, start + 1), "- "),))],
        )
    return None


def _odd_quote(text: str) -> int | None:
    """The column of a double quote that nothing closes on its line."""
    return text.rindex('"') + 1 if text.count('"') % 2 else None


def _opened_above(source: Source, line: int, column: int) -> tuple[int, int] | None:
    """Where a quoted text began that ends before this place, if that is on a line above."""
    before = source.line(line)[: column - 1].rstrip()
    quote = before[-1:]
    if quote not in ("'", '"') or not quote or before.count(quote) % 2 == 0:
        return None
    for above in range(line - 1, 0, -1):
        text = source.line(above)
        if text.count(quote) % 2:
            return above, text.rindex(quote) + 1
    return None


def _bad_start(source: Source, line: int, column: int) -> Diagnostic:
    span = _character(source, line, column)
    character = source.line(line)[column - 1 : column]
    message = f"nothing can start with `{escaped(character)}`"
    return faults.YAML_SYNTAX.at(span, message, help="put the text in quotes")


def _character(source: Source, line: int, column: int) -> Span:
    """The span of one character, empty at the end of a line. The end of the text is the end of its last word."""
    last = source.text.rstrip()
    end_line = last.count("\n") + 1
    end_column = len(last) - last.rfind("\n")
    line, column = min((line, column), (end_line, end_column))
    width = 1 if column <= len(source.line(line)) else 0
    return Span(source.name, line, column, line, column + width)
