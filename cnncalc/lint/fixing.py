"""Applies fixes in rounds: together if they do not touch, and only those that really fix their finding."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity
from cnncalc.lint.engine import CheckedSpec
from cnncalc.lint.moved import Mover, Place, TakenText
from cnncalc.lint.written import WrittenText
from cnncalc.text import faults as text_faults

ROUNDS = 50
"""The most rounds: each fixes at least one finding, and no text is tried twice."""

LOOKED, FEWEST = 20_000_000, 20
"""The most characters of all texts that are tried, and the least number of texts: each is checked as a whole."""

# Fixed in the bytes: the text that is read has no trace of them.
LINE_ENDS, MARK = text_faults.CRLF_LINE_ENDINGS.code, text_faults.BYTE_ORDER_MARK.code
# Errors that a fix must not cause.
BROKEN = frozenset(
    fault.code
    for fault in (
        text_faults.YAML_SYNTAX,
        text_faults.NESTED_TOO_DEEP,
        text_faults.TAB_INDENTATION,
        text_faults.FILE_TOO_LARGE,
        text_faults.TOO_MANY_NODES,
        text_faults.DUPLICATE_KEY,
    )
)
# With one of these a text has no keys yet: a key that stands twice is found once the error is fixed.
UNREAD = frozenset(
    fault.code
    for fault in (text_faults.YAML_SYNTAX, text_faults.NESTED_TOO_DEEP, text_faults.TAB_INDENTATION)
)
# How many fixes of one spec are tried before they are offered; how many lines and layers may be read for that.
OFFERED, WORK = 100, 60_000

Look = Callable[[WrittenText], CheckedSpec]


class ChosenFix(NamedTuple):
    """A finding with the chosen fix."""

    finding: Diagnostic
    fix: Fix

    @property
    def edits(self) -> tuple[Edit, ...]:
        return () if self.finding.code in (LINE_ENDS, MARK) else self.fix.edits

    @property
    def key(self) -> tuple[str, str, str]:
        return self.finding.code, self.finding.message, self.fix.text


class Fixed(NamedTuple):
    """The text after the last round, the findings that were fixed (`done`), and those that are left."""

    written: WrittenText
    done: tuple[Diagnostic, ...]
    left: CheckedSpec


def fixed(
    written: WrittenText,
    file: str,
    look: Look,
    *,
    unsafe: bool,
    prefer: tuple[str, ...] = (),
    try_out: Look | None = None,
) -> Fixed:
    """Fix the findings in the text of `file`: by safe fixes, or by the first fix of each finding that works.

    Fixes whose texts begin as one of `prefer` come first, also unsafe ones: they are asked for. `try_out` is a faster
    check for texts that are only tried.
    """
    checked = look(written)
    done: list[Diagnostic] = []
    refused: set[tuple[str, str, str]] = set()
    seen = {written}
    # Whether the text has changed since a fix was refused.
    changed = False
    looks, most = 0, max(FEWEST, LOOKED // max(1, len(written.text)))
    for _ in range(ROUNDS):
        chosen = _chosen(checked.findings, file, refused, unsafe=unsafe, prefer=prefer)
        if not chosen and changed:
            # A refused fix may work now.
            refused.clear()
            changed = False
            chosen = _chosen(checked.findings, file, refused, unsafe=unsafe, prefer=prefer)
        if not chosen:
            break
        # Try all fixes together. If that fails, try halves, to leave out the fixes that do not work.
        parts, good = [chosen], list[ChosenFix]()
        best: tuple[WrittenText, CheckedSpec] | None = None
        while parts and looks < most:
            part = parts.pop()
            some = [*good, *part]
            after = _applied(written, some)
            result = (try_out or look)(after) if after not in seen else None
            looks += result is not None
            if result is not None and _keep_promise(some, checked.findings, result.findings):
                good, best = some, (after, result)
            elif len(part) == 1:
                refused.add(part[0].key)
            else:
                half = len(part) // 2
                parts += part[half:], part[:half]
        if best is not None:
            written, checked = best
            if try_out is not None:
                checked = look(written)
            changed = bool(refused)
            seen.add(written)
            done += [choice.finding for choice in good]
    return Fixed(written, tuple(done), checked)


def _chosen(
    findings: Iterable[Diagnostic],
    file: str,
    refused: set[tuple[str, str, str]],
    *,
    unsafe: bool,
    prefer: tuple[str, ...],
) -> list[ChosenFix]:
    """One fix for each finding, in order. A fix that touches an earlier one waits for the next round."""
    chosen: list[ChosenFix] = []
    taken = TakenText()
    for item in findings:
        preferred = [fix for fix in item.fixes if prefer and fix.text.startswith(prefer)]
        fixes = (*preferred, *(fix for fix in item.fixes if fix.safe or unsafe))
        ways = (ChosenFix(item, fix) for fix in fixes if all(edit.span.file == file for edit in fix.edits))
        choice = next((way for way in ways if way.key not in refused), None)
        if choice is None or taken.touched_by(choice.edits):
            continue
        chosen.append(choice)
        taken.take(choice.edits)
    return chosen


def _applied(written: WrittenText, chosen: Sequence[ChosenFix]) -> WrittenText:
    after = written.edited(edit for choice in chosen for edit in choice.edits)
    codes = {choice.finding.code for choice in chosen}
    if LINE_ENDS in codes:
        after = after.with_line_feeds()
    return after._replace(marked=after.marked and MARK not in codes)


def _keep_promise(
    chosen: Sequence[ChosenFix], before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> bool:
    """Whether every finding is gone, and there is no new error.

    A safe fix does not change the network: an error that appears after it was hidden by the fixed one before.
    """
    moved = Mover(edit for choice in chosen for edit in choice.edits).moved
    if caused(before, after) & BROKEN:
        return False
    reveals = any(_is_error(choice.finding) for choice in chosen) and all(
        choice.fix.safe for choice in chosen
    )
    if not reveals and not _errors(after) <= _errors(before, moved):
        return False
    gone = {(choice.finding.code, choice.finding.span) for choice in chosen}
    kept = Counter(
        (item.code, moved(item.span.start)) for item in before if (item.code, item.span) not in gone
    )
    there = Counter((item.code, item.span.start) for item in after)
    places = ((choice.finding.code, moved(choice.finding.span.start)) for choice in chosen)
    return all(there[place] <= kept[place] for place in places)


def caused(before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> set[str]:
    """The codes that are there after a fix only, without those that the fixed error hid."""
    codes = {item.code for item in before}
    hidden = {text_faults.DUPLICATE_KEY.code} if codes & UNREAD else set()
    return {item.code for item in after} - codes - hidden


def _errors(
    findings: Iterable[Diagnostic], moved: Callable[[Place], Place] = lambda place: place
) -> set[tuple[str, Place]]:
    """The errors by code and place, after edits."""
    return {(item.code, moved(item.span.start)) for item in findings if _is_error(item)}


def offered(written: WrittenText, file: str, checked: CheckedSpec, try_out: Look) -> CheckedSpec:
    """The findings with only those fixes that work, as far as they can be tried."""
    left = max(1, min(OFFERED, WORK // max(1, checked.nodes, written.text.count("\n"))))
    findings: list[Diagnostic] = []
    for item in checked.findings:
        kept = []
        for fix in item.fixes:
            choice = ChosenFix(item, fix)
            if left and all(edit.span.file == file for edit in choice.edits):
                left -= 1
                after = _applied(written, [choice])
                if after == written or not _keep_promise([choice], checked.findings, try_out(after).findings):
                    continue
            kept.append(fix)
        findings.append(item._replace(fixes=tuple(kept)))
    return checked._replace(findings=tuple(findings))


def _is_error(item: Diagnostic) -> bool:
    return item.severity is Severity.ERROR
