"""Formats of a comparison. A format is a module with `render(comparison, verdicts, page) -> Iterator[str]`."""

from collections.abc import Iterator, Sequence

from cnncalc import plugins
from cnncalc.comparison import Comparison, Verdict
from cnncalc.record import NamedTuple


class ComparisonPage(NamedTuple):
    """Where a comparison goes: characters in a line (None: no limit), and which rows are shown.

    `depth` folds blocks, `top` leaves all but so many rows out, `each` shows equal changes one by one.
    """

    width: int | None = None
    depth: int | None = None
    top: int | None = None
    each: bool = False


WHOLE = ComparisonPage()


def formats() -> tuple[str, ...]:
    """Names of the formats."""
    return plugins.names(__name__)


def render(
    comparison: Comparison, verdicts: Sequence[Verdict], format: str, page: ComparisonPage = WHOLE
) -> Iterator[str]:
    """A comparison in one format, piece by piece; `verdicts` are of the conditions it was held to."""
    pieces: Iterator[str] = plugins.load(__name__, format).render(comparison, verdicts, page)
    return pieces
