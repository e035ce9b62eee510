"""Diagnostics as they are found, with a bound on how often one kind is reported."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.text.source import REPEATS


class Found:
    """A list of diagnostics: of one code the first ten are kept, the rest counted in a note on the last."""

    def __init__(self) -> None:
        self._kept: list[Diagnostic] = []
        self._counts: dict[str, int] = {}

    def full(self, code: str) -> bool:
        """Whether one more of this code would only be counted; it is counted by asking."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        return count > REPEATS

    def add(self, diagnostic: Diagnostic) -> None:
        if not self.full(diagnostic.code):
            self._kept.append(diagnostic)

    def told(self) -> tuple[Diagnostic, ...]:
        """All that was kept, in the order of the text."""
        last = {diagnostic.code: place for place, diagnostic in enumerate(self._kept)}
        for code, place in last.items():
            if (more := self._counts[code] - REPEATS) > 0:
                kept = self._kept[place]
                self._kept[place] = kept.with_notes(
                    Note(f"and {more:,} more {kept.name} faults in this file")
                )
        return tuple(sorted(self._kept, key=lambda diagnostic: diagnostic.order))
