"""Checks of the lines before YAML is parsed: the two parsers do not agree on tabs and directives."""

import re
from collections.abc import Callable

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Span
from cnncalc.text import faults as faults
from cnncalc.text.source import REPEATS, Source, escaped

_TAB_INDENT = re.compile(r"^(?= *\t)([ \t]+)(?=[^ \t\n#])", re.MULTILINE)
_DIRECTIVE = re.compile(r"^%[^\n]*", re.MULTILINE)
_WIDTHS = (2, 4, 8)
_TRIED = 100_000
"""The longest text for which tab widths are tried, in characters."""


def without_directives(source: Source, text: str) -> tuple[str, list[Diagnostic]]:
    """`text` with every directive changed to a comment of the same length, and the diagnostics."""
    diagnostics: list[Diagnostic] = []
    places = _numbered(text, _DIRECTIVE)
    for number, line in places[:REPEATS]:
        span = Span(source.name, number, 1, number, len(line) + 1)
        fix = Fix("remove the line", (Edit(Span(source.name, number, 1, number + 1, 1), ""),), safe=True)
        message = f"the directive `{escaped(line.rstrip())}` is not allowed in a spec"
        diagnostics.append(faults.DIRECTIVE.at(span, message, help="remove the line", fixes=(fix,)))
    if len(places) > REPEATS:
        diagnostics[-1] = diagnostics[-1].with_notes(
            Note(f"and {len(places) - REPEATS:,} more directive errors in this file")
        )
    return _DIRECTIVE.sub(lambda match: "#" + match[0][1:], text), diagnostics


def _numbered(text: str, pattern: re.Pattern[str]) -> list[tuple[int, str]]:
    """The matches of a pattern that starts lines, with the numbers of those lines."""
    matches, line, last = [], 1, 0
    for match in pattern.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        matches.append((line, match[0]))
    return matches


def tab_indentation(source: Source, text: str, parses: Callable[[str], bool]) -> Diagnostic | None:
    """One diagnostic for all lines that are indented with tabs, with a fix if some tab width gives valid YAML."""
    places = _numbered(text, _TAB_INDENT)
    if not places:
        return None
    line, indent = places[0]
    span = Span(source.name, line, indent.index("\t") + 1, line, len(indent) + 1)
    more = (
        f", and so are {len(places) - 1:,} more lines"
        if len(places) > 2
        else ", and so is 1 more line" * (len(places) - 1)
    )
    fixes: tuple[Fix, ...] = ()
    for width in _WIDTHS if len(text) <= _TRIED else ():
        if parses(_spaced(text, width)):
            edits = tuple(
                Edit(Span(source.name, number, 1, number, len(old) + 1), old.expandtabs(width))
                for number, old in places
            )
            fixes = (Fix(f"indent with spaces, {width} for a tab", edits, safe=True),)
            break
    message = f"this line is indented with a tab{more}"
    return faults.TAB_INDENTATION.at(span, message, help="indent with spaces", fixes=fixes)


def _spaced(text: str, width: int) -> str:
    return _TAB_INDENT.sub(lambda match: match[1].expandtabs(width), text)
