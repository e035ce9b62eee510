"""Diagnostics on one line each, as compilers print them: for editors, grep and problem matchers."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostic import Diagnostic
from cnncalc.render.places import line
from cnncalc.text import Source


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    """`FILE:LINE:COLUMN: SEVERITY CODE MESSAGE [NAME]`, columns counted in characters."""
    for item in diagnostics:
        span = item.span
        place = f"{line(span.file)}:{span.line}:{span.column}"
        yield f"{place}: {item.severity.word} {item.code} {line(item.message)} [{item.name}]\n"
