"""Findings in one format, for tests that look at the text."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostic import Diagnostic
from cnncalc.render.findings import Findings
from cnncalc.render.formats import format_of
from cnncalc.text import Source


def render(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], format: str, width: int | None = None
) -> Iterator[str]:
    """Diagnostics in one format, piece by piece."""
    return format_of(format).findings(Findings(diagnostics, sources, width=width))
