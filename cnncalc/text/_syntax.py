"""PyYAML's complaints in plain words, the same words for both of its parsers."""

from yaml import MarkedYAMLError

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.text import _faults as faults
from cnncalc.text.source import Source, escaped

# (a part of what PyYAML says, what is the matter, what helps). The first that fits is taken.
_PLAIN_WORDS: tuple[tuple[str, str, str | None], ...] = (
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
        "one line holds one `key: value`; put a text with a colon in quotes, or more keys in braces",
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
    (
        "document separator",
        "a quote is not closed before `---` or `...`",
        "close it with the quote it was opened with",
    ),
    (
        "unknown escape character",
        "a backslash in double quotes starts no known escape",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    ("escape", "an escape in double quotes is no character", "write the character itself"),
    ("unexpected ':'", "a colon stands against a bracket", "put a space after the colon"),
    ("expected node content", "a value is missing here", None),
    (
        "expected alphabetic or numeric",
        "`&` or `*` without a name",
        "put a text that starts with it in quotes",
    ),
    ("expected <document start>", "text stands after the end of the document", None),
    ("indentation indicator", "a block text's indentation is to be 1 to 9", None),
    ("comment or line break", "a block text starts on the line after `|` or `>`", None),
)


def syntax_fault(error: MarkedYAMLError, source: Source) -> Diagnostic:
    """The diagnostic for an exception of PyYAML's scanner or parser."""
    mark, opened = error.problem_mark or error.context_mark, error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    problem = _normal(error.problem or "")
    if "cannot start any token" in problem:
        return _bad_start(source, line, column)
    unknown = ("", f"this is not YAML: {escaped(problem)}", None)
    _, fact, help = next((row for row in _PLAIN_WORDS if row[0] in problem), unknown)
    notes: list[Note] = []
    if opened is not None and fact.startswith(("a list opened", "a mapping opened", "a quote")):
        place = Span(source.name, opened.line + 1, opened.column + 1, opened.line + 1, opened.column + 2)
        notes.append(Note("it is opened here", place))
    elif fact.startswith("a key") and opened is not None:
        line, column = opened.line + 1, opened.column + 1
    return faults.YAML_SYNTAX.at(_character(source, line, column), fact, notes=notes, help=help)


def _normal(problem: str) -> str:
    """libyaml and PyYAML say a few things in different words."""
    problem = problem.replace("expected <block end>, but found '-'", "expected '-' indicator")
    if problem.startswith("expected <block end>"):
        return "expected key"
    return problem.replace("expected the node content", "expected node content")


def _bad_start(source: Source, line: int, column: int) -> Diagnostic:
    span = _character(source, line, column)
    character = source.line(line)[column - 1 : column]
    message = f"nothing can start with `{escaped(character)}`"
    return faults.YAML_SYNTAX.at(span, message, help="put the text in quotes")


def _character(source: Source, line: int, column: int) -> Span:
    """The span of one character, empty at the end of the text."""
    width = 1 if column <= len(source.line(line)) else 0
    return Span(source.name, line, column, line, column + width)
