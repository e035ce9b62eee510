"""The book of faults found while a spec is expanded: each told once, with where it came from and how often."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from cnncalc.diagnostic import Diagnostic, Fix, Note, Severity, Span
from cnncalc.graph.model import BlockUse, Node
from cnncalc.layers import shown
from cnncalc.spec import UNREADABLE, Allowed, Item
from cnncalc.text import escaped

Look: TypeAlias = Callable[[Diagnostic], "Span | None"]
"""Where a fault is accepted, if it is."""

Judge: TypeAlias = Callable[[Diagnostic], "Diagnostic | None"]
"""A fault as it is to be told: of another weight, or not at all."""

# Notes about remainders, which `strict` makes errors.
REMAINDERS = ("S002", "S003", "S004")
# Arguments of a use of a block that a note names.
SHOWN = 8
# Faults of `expect`, which changes no shape and is looked at once for each use of its item.
CHECKED = ("L007", "S102")


def use(frame: BlockUse, more: int) -> Note:
    """In which use of a block something is found, with its first arguments; and at how many more places."""
    said = [(name, value) for name, value in frame.parameters.items() if value is not UNREADABLE]
    arguments = ", ".join(f"{name}={escaped(shown(value))}" for name, value in said[:SHOWN])
    others = f", and {len(said) - SHOWN:,} more" if len(said) > SHOWN else ""
    where = f"in block `{frame.item.block}`" + (f" ({arguments}{others})" if arguments else "")
    also = f" and at {more} more {'place' if more == 1 else 'places'}" if more else ""
    return Note(f"{where}, used at line {frame.item.span.line}{also}", frame.item.span)


class _Found:
    __slots__ = ("about", "alike", "count", "diagnostic", "frame", "resized")

    def __init__(self, diagnostic: Diagnostic, frame: BlockUse | None, about: Item | None) -> None:
        self.diagnostic = diagnostic
        self.frame = frame
        self.about = about
        self.count = 1
        self.alike = True
        # Whether another size of the input may be the cause of it.
        self.resized = False


class Findings:
    """Faults by code and place. The same fault of another use of a block is counted, not told again."""

    def __init__(self, *, strict: bool, ignored: Look | None = None, judge: Judge | None = None) -> None:
        self.strict = strict
        self._ignored, self._judge = ignored, judge
        # Whether an error leaves open what the network is; and whether one says that it is not what is stated of it.
        self.doubtful = self.disputed = False
        # The entries of `allow:` and of comments that accepted a fault.
        self.accepted: set[Span] = set()
        self._found: dict[tuple[str, Span], _Found] = {}
        # How often the `expect` of an item was looked at, by the item's identity.
        self._checks: dict[int, int] = {}

    def checked(self, item: Item) -> None:
        """Count a look at the `expect` of an item."""
        self._checks[id(item)] = self._checks.get(id(item), 0) + 1

    def add(
        self,
        diagnostic: Diagnostic,
        frame: BlockUse | None,
        allow: Mapping[str, Allowed] | None,
        about: Item | None = None,
        *,
        free: bool = False,
        resized: bool = False,
    ) -> Severity | None:
        """Note a fault, unless it is accepted where it stands; what it weighs then.

        An error that is not `free` leaves open what the network is: nothing accepts it. `about` is the item whose text
        its fixes would change.
        """
        if not free and diagnostic.severity is Severity.ERROR:
            self.doubtful = True
        told = self._standing(diagnostic, allow, free)
        if told is None:
            return None
        diagnostic = told
        if free and diagnostic.severity is Severity.ERROR:
            self.disputed = True
        key = (diagnostic.code, diagnostic.span)
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = _Found(diagnostic, frame, about)
            found.resized = resized and frame is None
        else:
            found.count += 1
            one, other = found.diagnostic, diagnostic
            alike = one.fixes == other.fixes and (one.message == other.message or one.code in CHECKED)
            found.alike = found.alike and alike
        return diagnostic.severity

    def _standing(
        self, diagnostic: Diagnostic, allow: Mapping[str, Allowed] | None, free: bool
    ) -> Diagnostic | None:
        """The fault as it is to be told; None where it is accepted."""
        if free and allow and (entry := allow.get(diagnostic.code)):
            self.accepted.add(entry.span)
            return None
        if free or diagnostic.severity < Severity.ERROR:
            if self._ignored and (place := self._ignored(diagnostic)):
                self.accepted.add(place)
                return None
            judged = self._judge(diagnostic) if self._judge else diagnostic
            if judged is None:
                return None
            diagnostic = judged
        if self.strict and diagnostic.code in REMAINDERS:
            return diagnostic._replace(severity=Severity.ERROR)
        return diagnostic

    def all(self, nodes: Sequence[Node]) -> tuple[Diagnostic, ...]:
        """Every fault, in the order of the text."""
        # Of each item how many nodes are of the kind of its first: what it is itself, its norm and act left out.
        kinds: dict[int, str] = {}
        uses: dict[int, int] = {}
        if any(found.about is not None for found in self._found.values()):
            for node in nodes:
                item = id(node.item)
                if kinds.setdefault(item, node.kind) == node.kind:
                    uses[item] = uses.get(item, 0) + 1
        told = [self._told(found, uses) for found in self._found.values() if not found.resized]
        resized = [self._told(found, uses) for found in self._found.values() if found.resized]
        return tuple(sorted([*told, *_as_one(resized)], key=lambda item: item.order))

    def _mends(self, found: _Found, made: Mapping[int, int]) -> bool:
        """Whether an edit of the text mends every use of it: all have the fault, and have it alike."""
        if found.about is None or not found.diagnostic.fixes:
            return found.alike
        uses = self._checks if found.diagnostic.code in CHECKED else made
        return found.alike and found.count == uses.get(id(found.about), 0)

    def _told(self, found: _Found, uses: Mapping[int, int]) -> Diagnostic:
        diagnostic = found.diagnostic
        if not self._mends(found, uses):
            diagnostic = diagnostic._replace(fixes=())
        notes = []
        if found.frame is not None:
            notes.append(use(found.frame, found.count - 1))
        elif found.count > 1:
            more = "repetition" if found.count == 2 else "repetitions"
            notes.append(Note(f"and in {found.count - 1} more {more}"))
        return diagnostic.with_notes(*notes)


def _as_one(found: list[Diagnostic]) -> list[Diagnostic]:
    """Shapes that all have other sizes than stated, as the first of them: one cause, mostly the input, makes them all.

    The others are its notes; a fix of all comes after its own.
    """
    found = sorted(found, key=lambda item: item.order)
    if len(found) < 2:
        return found
    first, *others = found
    notes = [Note(f"line {item.span.line}: {item.message}", item.span) for item in others]
    edits = [item.fixes[0].edits for item in found if item.fixes]
    fixes = first.fixes
    if len(edits) == len(found):
        fixes += (Fix(f"all {len(found)} as they come out", tuple(edit for each in edits for edit in each)),)
    help = f"{first.help or ''}; the sizes below it differ too, as they do for another input".removeprefix(
        "; "
    )
    return [first.with_notes(*notes)._replace(fixes=fixes, help=help)]
