"""The book of faults found while a spec is expanded: each told once, with where it came from and how often."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.graph.model import Frame
from cnncalc.layers import shown
from cnncalc.text import escaped

# Notes about remainders, which `strict` makes errors.
REMAINDERS = ("S002", "S003", "S004")


@dataclass
class _Found:
    diagnostic: Diagnostic
    frame: Frame | None
    count: int = 1


class Findings:
    """Faults by code and place. The same fault of another use of a block is counted, not told again."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self._found: dict[tuple[str, Span], _Found] = {}

    def add(self, diagnostic: Diagnostic, frame: Frame | None, allow: Mapping[str, str] | None) -> bool:
        """Note a fault, unless it is allowed where it stands; whether it was noted."""
        if allow and diagnostic.code in allow:
            return False
        if self.strict and diagnostic.code in REMAINDERS:
            diagnostic = replace(diagnostic, severity=Severity.ERROR)
        key = (diagnostic.code, diagnostic.span)
        if key in self._found:
            self._found[key].count += 1
        else:
            self._found[key] = _Found(diagnostic, frame)
        return True

    def all(self) -> tuple[Diagnostic, ...]:
        """Every fault, in the order of the text."""
        told = [self._told(found) for found in self._found.values()]
        return tuple(sorted(told, key=lambda item: item.order))

    def _told(self, found: _Found) -> Diagnostic:
        notes = []
        frame = found.frame
        if frame is not None:
            arguments = ", ".join(
                f"{name}={escaped(shown(value))}" for name, value in frame.parameters.items()
            )
            more = (
                f" and at {found.count - 1} more {'place' if found.count == 2 else 'places'}"
                if found.count > 1
                else ""
            )
            where = f"in block `{frame.item.block}`" + (f" ({arguments})" if arguments else "")
            notes.append(Note(f"{where}, used at line {frame.item.span.line}{more}", frame.item.span))
        elif found.count > 1:
            notes.append(Note(f"and in {found.count - 1} more repetitions"))
        return found.diagnostic.with_notes(*notes)
