"""Comments that accept what is found in a spec: `# cnncalc: ignore[S001] reason`, and `ignore-file[...]` at its top."""

import re
from collections.abc import Callable, Iterable, Iterator

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.spec.item_types import Ignore
from cnncalc.spec.values import Word
from cnncalc.text import Node, Source
from cnncalc.text.comments import comments

# A reason ends where another comment begins, as another tool's (a number in it, as #12, begins none).
DIRECTIVE = re.compile(
    r"#[ \t]*cnncalc:[ \t]*(?P<kind>ignore(?:-file)?)(?![\w-])"
    r"(?:[ \t]*\[(?P<codes>[^\]#]*)\])?(?P<reason>(?:(?!\s#[ \t]*[A-Za-z]).)*)"
)
_WORD = re.compile(r"[^\s,]+")


def ignores(source: Source, root: Node, *, pattern: bool = False) -> Iterator[Ignore]:
    """The comments of one text that are for cnncalc. Those for the whole file stand before its first word."""
    for comment in comments(source, "ignore", quotes=not pattern):
        for match in DIRECTIVE.finditer(comment.text):
            line, column = comment.span.line, comment.span.column
            whole_file = match["kind"] == "ignore-file"

            def place(start: int, end: int, line: int = line, column: int = column) -> Span:
                return Span(source.name, line, column + start, line, column + end)

            begin, end = match.span("codes")
            yield Ignore(
                place(match.start(), match.start() + len(match[0].rstrip())),
                tuple(
                    Word(word[0], place(*word.span()))
                    for word in (_WORD.finditer(comment.text, begin, end) if begin >= 0 else ())
                ),
                whole_file,
                misplaced=whole_file and not (comment.alone and line < root.span.line),
            )


def reason(source: Source, ignore: Ignore) -> str:
    """Why a comment accepts what it does; empty where it does not say."""
    _, line, column, _, end = ignore.span
    match = DIRECTIVE.match(source.line(line)[column - 1 : end - 1])
    return match["reason"].strip() if match is not None else ""


def accepting(found: Iterable[Ignore]) -> Callable[[Diagnostic], Span | None]:
    """What says by which code of which comment a diagnostic is accepted, if by any."""
    by_code = accepting_code(found)
    return lambda item: by_code(item.code, item.span)


def accepting_code(found: Iterable[Ignore]) -> Callable[[str, Span], Span | None]:
    """The same of a code at a place."""
    lines: dict[tuple[str, int, str], Span] = {}
    files: dict[tuple[str, str], Span] = {}
    for ignore in found:
        for word in ignore.codes:
            if ignore.whole_file and not ignore.misplaced:
                files.setdefault((word.span.file, word.text), word.span)
            elif not ignore.whole_file:
                lines.setdefault((word.span.file, word.span.line, word.text), word.span)

    def accepted(code: str, span: Span) -> Span | None:
        file, line, _, end_line, end_column = span
        # A text of several lines can have its comment behind the last one only.
        last = end_line if end_column > 1 or end_line == line else end_line - 1
        return lines.get((file, line, code)) or lines.get((file, last, code)) or files.get((file, code))

    return accepted
