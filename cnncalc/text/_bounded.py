"""A list of diagnostics, with a limit on how often one kind is reported."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.text.source import REPEATS


class BoundedReports:
    """A list of diagnostics. It keeps the first ten of each code; a note on the last one counts the others."""

    def __init__(self) -> None:
        self._kept: list[Diagnostic] = []
        self._counts: dict[str, int] = {}

    def full(self, code: str) -> bool:
        """Count one more of this code. Returns whether it is only counted, not kept."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        return count > REPEATS

    def add(self, diagnostic: Diagnostic) -> None:
        if not self.full(diagnostic.code):
            self._kept.append(diagnostic)

    def in_order(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are kept, in the order of the text."""
        last = {diagnostic.code: place for place, diagnostic in enumerate(self._kept)}
        for code, place in last.items():
            if (more := self._counts[code] - REPEATS) > 0:
                kept = self._kept[place]
                self._kept[place] = kept.with_notes(
                    Note(f"and {more:,} more {kept.name} errors in this file")
                )
        return tuple(sorted(self._kept, key=lambda diagnostic: diagnostic.order))
