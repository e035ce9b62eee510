"""Messages for mistakes in YAML's syntax, the same for both of PyYAML's parsers."""

from yaml import MarkedYAMLError

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.text import _syntax_advice as advice
from cnncalc.text import faults as faults
from cnncalc.text._syntax_kind import SyntaxKind, syntax_kind
from cnncalc.text.source import Source, escaped

# The message, and the help.
_WORDS: dict[SyntaxKind, tuple[str, str | None]] = {
    SyntaxKind.COLON_BEFORE_BRACKET: (
        "there is no space between a colon and a bracket or comma",
        "put a space after the colon",
    ),
    SyntaxKind.OPEN_LIST: (
        "a list that starts with `[` is not closed",
        "close it with `]`, or separate its items with `,`",
    ),
    SyntaxKind.OPEN_MAPPING: (
        "a mapping that starts with `{` is not closed",
        "close it with `}`, or separate its entries with `,`",
    ),
    SyntaxKind.COLON_WITHOUT_KEY: (
        "there is a colon where no key is allowed",
        "write one `key: value` on a line. A layer with keys below it needs a colon too (`- relu:`), several keys on a "
        "line need braces, and a text with a colon needs quotes",
    ),
    SyntaxKind.QUESTION_MARK: ("there is a `?` where no key is allowed", "put the text in quotes"),
    SyntaxKind.DASH: (
        "there is a `-` where no list can start",
        "start the list on its own line, below its key",
    ),
    SyntaxKind.KEY_WITHOUT_COLON: (
        "a key without a colon",
        "write `key: value` with a space after the colon, and the same indentation as its neighbours",
    ),
    SyntaxKind.NOT_AN_ENTRY: (
        "the indentation of this line does not match any mapping above it",
        "use the same indentation as its neighbours",
    ),
    SyntaxKind.NOT_AN_ITEM: (
        "the indentation of this line does not match any list above it",
        "use the same indentation as its neighbours",
    ),
    SyntaxKind.OPEN_QUOTE: ("a quote is not closed", "close it with the same kind of quote"),
    SyntaxKind.ESCAPE: (
        "a backslash in these double quotes does not start a valid escape of YAML",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    SyntaxKind.NO_VALUE: ("a value is missing here", None),
    SyntaxKind.NO_NAME: ("`&` or `*` without a name", "put a text that starts with it in quotes"),
    SyntaxKind.AFTER_THE_END: ("there is text after the end of the document", None),
    SyntaxKind.BLOCK_TEXT: ("a block text must start on the line after `|` or `>`", None),
}
# For these, the place is the start of the text, list or mapping.
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
        return faults.TAG.at(advice.character(source, line, column), what, help="remove the tag")
    if kind in _MISFITS and source.line(line)[: column - 1].strip():
        return advice.trailing(source, line, column)
    if begun is not None and kind in _AT_START:
        line, column = begun.line + 1, begun.column + 1
    if (better := _advised(kind, source, line, column)) is not None:
        return better
    notes: list[Note] = []
    if begun is not None and kind is SyntaxKind.OPEN_QUOTE:
        # The end of the text does not help: the mistake is at the opening quote.
        return advice.unclosed(source, begun.line + 1, begun.column + 1)
    if begun is not None and kind in (SyntaxKind.OPEN_LIST, SyntaxKind.OPEN_MAPPING):
        first = begun.line + 1
        if first < line and (quote := advice.odd_quote(source.line(first))) is not None:
            return advice.unclosed(source, first, quote)
        place = Span(source.name, first, begun.column + 1, first, begun.column + 2)
        notes.append(Note("it starts here", place))
    fact, help = _WORDS.get(kind, (f"this is not YAML: {escaped(error.problem or '')}", None))
    return faults.YAML_SYNTAX.at(advice.character(source, line, column), fact, notes=notes, help=help)


def _advised(kind: SyntaxKind, source: Source, line: int, column: int) -> Diagnostic | None:
    """A better message for a common mistake, if the text shows one."""
    advised = None
    if kind is SyntaxKind.KEY_WITHOUT_COLON:
        advised = advice.dash_missing_here(source, line, column)
    elif kind in _MISFITS:
        advised = advice.dash_missing_above(source, line, column)
    elif kind is SyntaxKind.COLON_WITHOUT_KEY:
        advised = advice.colon_missing(source, line, column)
    return advised or advice.braced_parameter(source, line)


def _bad_start(source: Source, line: int, column: int) -> Diagnostic:
    span = advice.character(source, line, column)
    character = source.line(line)[column - 1 : column]
    message = f"nothing can start with `{escaped(character)}`"
    return faults.YAML_SYNTAX.at(span, message, help="put the text in quotes")
