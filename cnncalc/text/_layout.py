"""Checks of the bare lines, before YAML is parsed: on tabs and directives the two parsers do not agree."""

import re
from collections.abc import Callable

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Span
from cnncalc.text import _faults as faults
from cnncalc.text.source import Source, escaped

_TAB_INDENT = re.compile(r"^([ \t]*\t[ \t]*)(?=[^ \t\n#])", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%[^\n]*", re.MULTILINE)
_WIDTHS = (2, 4, 8)


def without_directives(source: Source, text: str) -> tuple[str, list[Diagnostic]]:
    """`text` with every directive made a comment, which moves nothing, and what is told of them."""
    found: list[Diagnostic] = []

    def comment(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.start()) + 1
        span = Span(source.name, line, 1, line, len(match[0]) + 1)
        fix = Fix("remove the line", (Edit(Span(source.name, line, 1, line + 1, 1), ""),))
        message = f"the directive `{escaped(match[0].rstrip())}`"
        found.append(faults.DIRECTIVE.at(span, message, help="remove the line", fixes=(fix,)))
        return "#" + match[0][1:]

    return _DIRECTIVE.sub(comment, text), found


def tab_indentation(source: Source, text: str, parses: Callable[[str], bool]) -> Diagnostic | None:
    """One diagnostic for all lines that tabs indent, with a fix where some width of a tab makes YAML of it."""
    places = [(text.count("\n", 0, match.start()) + 1, match[1]) for match in _TAB_INDENT.finditer(text)]
    if not places:
        return None
    line, indent = places[0]
    span = Span(source.name, line, indent.index("\t") + 1, line, len(indent) + 1)
    more = (
        f"; so are {len(places) - 1:,} more lines"
        if len(places) > 2
        else "; so is 1 more line" * (len(places) - 1)
    )
    fixes: tuple[Fix, ...] = ()
    for width in _WIDTHS:
        if parses(_spaced(text, width)):
            edits = tuple(
                Edit(Span(source.name, number, 1, number, len(old) + 1), old.expandtabs(width))
                for number, old in places
            )
            fixes = (Fix(f"indent with spaces, {width} for a tab", edits),)
            break
    message = f"this line is indented with a tab{more}"
    return faults.TAB_INDENTATION.at(span, message, help="indent with spaces", fixes=fixes)


def _spaced(text: str, width: int) -> str:
    return _TAB_INDENT.sub(lambda match: match[1].expandtabs(width), text)
