"""What an importer raises for a source that it cannot read."""

from collections.abc import Iterable

from cnncalc.diagnostic import Diagnostic
from cnncalc.text import Source


class Unreadable(Exception):
    """A source that gives no draft: its diagnostics, each with a place, and the text they are about if it is text."""

    def __init__(self, diagnostics: Iterable[Diagnostic], source: Source | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.source = source
        super().__init__("; ".join(item.message for item in self.diagnostics))
