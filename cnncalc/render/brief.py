"""Findings by severity, and notes on one line each. Remainders that lose nothing are only counted."""

from collections.abc import Iterable, Iterator, Sequence

from cnncalc.diagnostic import Diagnostic, Severity, Span
from cnncalc.render.places import line

# Remainders that lose nothing: most networks have them.
REMAINDERS = ("S002", "S003", "S004")
# So many findings of one code in one file share a line, which names so many places at most.
FOLDED, NAMED = 3, 6


def worst_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Errors, warnings, notes, and last the remainders that lose nothing; each in the order of the text."""
    return sorted(diagnostics, key=lambda item: (-item.severity, is_remainder(item)))


def is_remainder(item: Diagnostic) -> bool:
    """Whether a finding is a remainder that loses nothing."""
    return item.code in REMAINDERS and item.severity is Severity.INFO


def note_lines(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    """Notes on one line each; those of one code in one file, where there are several, on one together.

    Remainders that lose nothing have no line: the summary counts them.
    """
    # Specs that extend one base report the same place in it: it is shown once.
    groups: dict[tuple[str, str], dict[Span, Diagnostic]] = {}
    for item in diagnostics:
        if not is_remainder(item):
            groups.setdefault((item.span.file, item.code), {}).setdefault(item.span, item)
    for places in groups.values():
        group = list(places.values())
        if len(group) < FOLDED:
            yield from (_one(item) for item in group)
        else:
            lines = [str(number) for number in dict.fromkeys(item.span.line for item in group[1:])]
            named = ", ".join(lines[:NAMED]) + (", ..." if len(lines) > NAMED else "")
            yield f"{_one(group[0])} (and {len(group) - 1} more, at line{'s' * (len(lines) > 1)} {named})"


def _one(item: Diagnostic) -> str:
    span = item.span
    place = f"{line(span.file)}:{span.line}:{span.column}"
    return f"{place}: {item.severity.word}[{item.code}] {item.name}: {line(item.message)}"
