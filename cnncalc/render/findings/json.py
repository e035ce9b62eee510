"""Diagnostics as a JSON list."""

import json
from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostic import Diagnostic
from cnncalc.render._json import diagnostic
from cnncalc.text import Source


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    """The list, as it stands under `diagnostics` in every command's JSON."""
    yield json.dumps([diagnostic(item) for item in diagnostics], indent=2, ensure_ascii=False)
