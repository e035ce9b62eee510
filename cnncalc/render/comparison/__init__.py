"""Formats of a comparison. A format is a module with `render(comparison, verdicts, width) -> Iterator[str]`."""

from collections.abc import Iterator, Sequence

from cnncalc import plugins
from cnncalc.comparison import Comparison, Verdict


def formats() -> tuple[str, ...]:
    """Names of the formats."""
    return plugins.names(__name__)


def render(
    comparison: Comparison, verdicts: Sequence[Verdict], format: str, width: int | None = None
) -> Iterator[str]:
    """A comparison in one format, piece by piece; `verdicts` are of the conditions it was held to."""
    pieces: Iterator[str] = plugins.load(__name__, format).render(comparison, verdicts, width)
    return pieces
