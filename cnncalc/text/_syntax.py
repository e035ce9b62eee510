"""Mistakes in YAML's syntax in plain words, the same words for both of PyYAML's parsers."""

from yaml import MarkedYAMLError

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.text import _syntax_advice as advice
from cnncalc.text import faults as faults
from cnncalc.text._syntax_kind import SyntaxKind, syntax_kind
from cnncalc.text.source import Source, escaped

# What is wrong, and what helps.
_WORDS: dict[SyntaxKind, tuple[str, str | None]] = {
    SyntaxKind.COLON_BEFORE_BRACKET: (
        "a colon stands against a bracket or comma",
        "put a space after the colon",
    ),
    SyntaxKind.OPEN_LIST: (
        "a list opened with `[` is not closed",
        "close it with `]`, or separate its items with `,`",
    ),
    SyntaxKind.OPEN_MAPPING: (
        "a mapping opened with `{` is not closed",
        "close it with `}`, or separate its entries with `,`",
    ),
    SyntaxKind.COLON_WITHOUT_KEY: (
        "a colon stands where no key can",
        "one line holds one `key: value`: a layer with keys below it takes a colon too (`- relu:`), more keys in one "
        "line take braces, and a text with a colon takes quotes",
    ),
    SyntaxKind.QUESTION_MARK: ("a `?` stands where no key can", "put the text in quotes"),
    SyntaxKind.DASH: (
        "a `-` stands where no list can start",
        "start the list on a line of its own, below its key",
    ),
    SyntaxKind.KEY_WITHOUT_COLON: (
        "a key without a colon",
        "write `key: value` with a space after the colon, at one indentation with its neighbours",
    ),
    SyntaxKind.NOT_AN_ENTRY: ("the line fits no mapping above it", "indent it as its neighbours are"),
    SyntaxKind.NOT_AN_ITEM: ("the line fits no list above it", "indent it as its neighbours are"),
    SyntaxKind.OPEN_QUOTE: ("a quote is not closed", "close it with the quote it was opened with"),
    SyntaxKind.ESCAPE: (
        "a backslash in these double quotes starts no escape that YAML knows",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    SyntaxKind.NO_VALUE: ("a value is missing here", None),
    SyntaxKind.NO_NAME: ("`&` or `*` without a name", "put a text that starts with it in quotes"),
    SyntaxKind.AFTER_THE_END: ("text stands after the end of the document", None),
    SyntaxKind.BLOCK_TEXT: ("a block text starts on the line after `|` or `>`", None),
}
# Of these the place is where the text, list or mapping starts.
_AT_START = (SyntaxKind.KEY_WITHOUT_COLON, SyntaxKind.ESCAPE, SyntaxKind.BLOCK_TEXT)
_MISFITS = (SyntaxKind.NOT_AN_ENTRY, SyntaxKind.NOT_AN_ITEM)


def syntax_fault(error: MarkedYAMLError, source: Source) -> Diagnostic:
    """The diagnostic for an exception of PyYAML's scanner or parser."""
    kind = syntax_kind(error, source.text)
    stopped, begun = error.problem_mark or error.context_mark, error.context_mark
    line, column = (stopped.line + 1, stopped.column + 1) if stopped is not None else (1, 1)
    if kind is SyntaxKind.BAD_START:
        return _bad_start(source, line, column)
    if kind in (SyntaxKind.TAG_HANDLE, SyntaxKind.BAD_TAG):
        what = (
            "the tag's handle is not defined"
            if kind is SyntaxKind.TAG_HANDLE
            else "a tag that YAML can't read"
        )
        return faults.TAG.at(advice.character(source, line, column), what, help="leave the tag out")
    if kind in _MISFITS and source.line(line)[: column - 1].strip():
        return advice.trailing(source, line, column)
    if begun is not None and kind in _AT_START:
        line, column = begun.line + 1, begun.column + 1
    if (better := _advised(kind, source, line, column)) is not None:
        return better
    notes: list[Note] = []
    if begun is not None and kind is SyntaxKind.OPEN_QUOTE:
        # Where the text ends says nothing: the mistake is where the quote was opened.
        return advice.unclosed(source, begun.line + 1, begun.column + 1)
    if begun is not None and kind in (SyntaxKind.OPEN_LIST, SyntaxKind.OPEN_MAPPING):
        first = begun.line + 1
        if first < line and (quote := advice.odd_quote(source.line(first))) is not None:
            return advice.unclosed(source, first, quote)
        place = Span(source.name, first, begun.column + 1, first, begun.column + 2)
        notes.append(Note("it is opened here", place))
    fact, help = _WORDS.get(kind, (f"this is not YAML: {escaped(error.problem or '')}", None))
    return faults.YAML_SYNTAX.at(advice.character(source, line, column), fact, notes=notes, help=help)


def _advised(kind: SyntaxKind, source: Source, line: int, column: int) -> Diagnostic | None:
    """What is mostly meant, where the text shows it."""
    found = None
    if kind is SyntaxKind.KEY_WITHOUT_COLON:
        found = advice.dash_missing_here(source, line, column)
    elif kind in _MISFITS:
        found = advice.dash_missing_above(source, line, column)
    elif kind is SyntaxKind.COLON_WITHOUT_KEY:
        found = advice.colon_missing(source, line, column)
    return found or advice.braced_parameter(source, line)


def _bad_start(source: Source, line: int, column: int) -> Diagnostic:
    span = advice.character(source, line, column)
    character = source.line(line)[column - 1 : column]
    message = f"nothing can start with `{escaped(character)}`"
    return faults.YAML_SYNTAX.at(span, message, help="put the text in quotes")
