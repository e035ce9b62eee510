"""Formats of diagnostics. A format is a module with `render(diagnostics, sources) -> Iterator[str]`."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc import plugins
from cnncalc.diagnostic import Diagnostic
from cnncalc.text import Source


def formats() -> tuple[str, ...]:
    """Names of the formats."""
    return plugins.names(__name__)


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], format: str) -> Iterator[str]:
    """Diagnostics in one format, piece by piece."""
    pieces: Iterator[str] = plugins.load(__name__, format).render(diagnostics, sources)
    return pieces
