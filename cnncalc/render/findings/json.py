"""Diagnostics as a JSON list."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostic import Diagnostic
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.text import Source


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    """The list, as it stands under `diagnostics` in every command's JSON."""
    yield dumped([diagnostic(item) for item in diagnostics])
