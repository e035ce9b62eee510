"""The diagnostics from expanding a spec: each is kept once, with its block and its count."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from cnncalc.diagnostic import Diagnostic, Fix, Note, Severity, Span
from cnncalc.graph.node import BlockUse, Node
from cnncalc.layers import shown
from cnncalc.spec import UNREADABLE, Allowed, Item
from cnncalc.text import escaped

Look: TypeAlias = Callable[[Diagnostic], "Span | None"]
"""The place that accepts a finding, or None."""

Judge: TypeAlias = Callable[[Diagnostic], "Diagnostic | None"]
"""A finding as it is reported: with another severity, or not at all."""

# Notes about remainders, which are errors with `strict`.
REMAINDERS = ("S002", "S003", "S004")
# How many arguments of a use of a block a note names.
SHOWN = 8
# Findings about `expect`, which changes no shape and is checked once for each use of its item.
CHECKED = ("L007", "S102")


def use(frame: BlockUse, more: int) -> Note:
    """A note on the use of a block that has a finding, with its first arguments and the number of other places."""
    known = [(name, value) for name, value in frame.parameters.items() if value is not UNREADABLE]
    arguments = ", ".join(f"{name}={escaped(shown(value))}" for name, value in known[:SHOWN])
    others = f", and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    where = f"in block `{frame.item.block}`" + (f" ({arguments}{others})" if arguments else "")
    also = f" and at {more} more {'place' if more == 1 else 'places'}" if more else ""
    return Note(f"{where}, used at line {frame.item.span.line}{also}", frame.item.span)


class _Finding:
    """A diagnostic at a place of the text, and how often it occurs there."""

    __slots__ = ("about", "alike", "count", "diagnostic", "frame", "resized")

    def __init__(
        self, diagnostic: Diagnostic, frame: BlockUse | None, about: Item | None, *, resized: bool
    ) -> None:
        self.diagnostic = diagnostic
        self.frame = frame
        self.about = about
        self.count = 1
        # Whether it had the same message and the same fixes each time.
        self.alike = True
        # Whether another size of the input may be its cause.
        self.resized = resized

    def again(self, diagnostic: Diagnostic) -> None:
        """Count the same finding in another use of a block, or in another repetition."""
        first = self.diagnostic
        self.count += 1
        same_words = first.message == diagnostic.message or first.code in CHECKED
        self.alike = self.alike and same_words and first.fixes == diagnostic.fixes


class GraphFindings:
    """Diagnostics by code and place. The same finding in another use of a block is only counted."""

    def __init__(self, *, strict: bool, ignored: Look | None = None, judge: Judge | None = None) -> None:
        self.strict = strict
        self._ignored, self._judge = ignored, judge
        # Whether the network is not fully known because of an error; whether it contradicts a statement of the spec.
        self.doubtful = self.disputed = False
        # The entries of `allow:` and of comments that accepted a finding.
        self.accepted: set[Span] = set()
        self._findings: dict[tuple[str, Span], _Finding] = {}
        # How often the `expect` of an item was checked, by the item's identity.
        self._checks: dict[int, int] = {}

    def count_check(self, item: Item) -> None:
        """Count a check of the `expect` of an item."""
        self._checks[id(item)] = self._checks.get(id(item), 0) + 1

    @contextmanager
    def figures_stand(self) -> Iterator[None]:
        """In this context, diagnostics change no figure of the network, not even errors."""
        before = self.doubtful
        try:
            yield
        finally:
            self.doubtful = before

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
        """Keep a diagnostic, unless it is accepted at its place. Returns its severity.

        An error that is not `free` can't be accepted: the network is not fully known. `about` is the item whose text
        its fixes would change.
        """
        if not free and diagnostic.severity is Severity.ERROR:
            self.doubtful = True
        reported = self._reported(diagnostic, allow, free)
        if reported is None:
            return None
        if free and reported.severity is Severity.ERROR:
            self.disputed = True
        key = (reported.code, reported.span)
        known = self._findings.get(key)
        if known is None:
            self._findings[key] = _Finding(reported, frame, about, resized=resized and frame is None)
        else:
            known.again(reported)
        return reported.severity

    def _reported(
        self, diagnostic: Diagnostic, allow: Mapping[str, Allowed] | None, free: bool
    ) -> Diagnostic | None:
        """The diagnostic as it is reported; None if it is accepted."""
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
        """Every diagnostic, in the order of the text."""
        # For each item, how many nodes have the kind of its first node: its layers without their norm and act.
        kinds: dict[int, str] = {}
        uses: dict[int, int] = {}
        if any(finding.about is not None for finding in self._findings.values()):
            for node in nodes:
                item = id(node.item)
                if kinds.setdefault(item, node.kind) == node.kind:
                    uses[item] = uses.get(item, 0) + 1
        reports = [self._report(finding, uses) for finding in self._findings.values() if not finding.resized]
        resized = [self._report(finding, uses) for finding in self._findings.values() if finding.resized]
        return tuple(sorted([*reports, *_as_one(resized)], key=lambda report: report.order))

    def _fixes_all(self, finding: _Finding, uses: Mapping[int, int]) -> bool:
        """Whether an edit of the text fixes every use of it: all have the same finding."""
        if finding.about is None or not finding.diagnostic.fixes:
            return finding.alike
        counts = self._checks if finding.diagnostic.code in CHECKED else uses
        return finding.alike and finding.count == counts.get(id(finding.about), 0)

    def _report(self, finding: _Finding, uses: Mapping[int, int]) -> Diagnostic:
        """A diagnostic with a note on the use of its block, and how often it occurs."""
        diagnostic = finding.diagnostic
        if not self._fixes_all(finding, uses):
            diagnostic = diagnostic._replace(fixes=())
        notes = []
        if finding.frame is not None:
            notes.append(use(finding.frame, finding.count - 1))
        elif finding.count > 1:
            more = "repetition" if finding.count == 2 else "repetitions"
            notes.append(Note(f"and in {finding.count - 1} more {more}"))
        return diagnostic.with_notes(*notes)


def _as_one(reports: list[Diagnostic]) -> list[Diagnostic]:
    """Join several wrong shapes into the first of them: usually they have one cause, the input.

    The others become notes; a fix of all of them follows its own fix.
    """
    reports = sorted(reports, key=lambda report: report.order)
    if len(reports) < 2:
        return reports
    first, *others = reports
    notes = [Note(f"line {report.span.line}: {report.message}", report.span) for report in others]
    edits = [report.fixes[0].edits for report in reports if report.fixes]
    fixes = first.fixes
    if len(edits) == len(reports):
        whole = tuple(edit for part in edits for edit in part)
        fixes += (Fix(f"write all {len(reports)} computed shapes", whole),)
    help = f"{first.help or ''}; later sizes differ too, perhaps because of another input".removeprefix("; ")
    return [first.with_notes(*notes)._replace(fixes=fixes, help=help)]
