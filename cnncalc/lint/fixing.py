"""Fixes applied, round after round: together where they do not touch, and only those that fix what they promise."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity
from cnncalc.lint.engine import CheckedSpec
from cnncalc.lint.moved import Mover, Place, Taken
from cnncalc.lint.written import WrittenText
from cnncalc.text import faults as text_faults

ROUNDS = 50
"""Rounds at most: each fixes one finding at least, and texts do not come back."""

LOOKED, FEWEST = 20_000_000, 20
"""Characters of all texts that are tried at most, and how many texts are in any case: each is checked whole."""

# Mended in the bytes: in the text as it is read there is nothing left to edit.
LINE_ENDS, MARK = text_faults.CRLF_LINE_ENDINGS.code, text_faults.BYTE_ORDER_MARK.code
# What no fix may bring about.
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
# Fixes of one spec that are tried before they are offered; lines that are read and layers that are built for it.
OFFERED, WORK = 100, 60_000

Look = Callable[[WrittenText], CheckedSpec]


class Chosen(NamedTuple):
    """A finding with the fix that is taken."""

    found: Diagnostic
    fix: Fix

    @property
    def edits(self) -> tuple[Edit, ...]:
        return () if self.found.code in (LINE_ENDS, MARK) else self.fix.edits

    @property
    def key(self) -> tuple[str, str, str]:
        return self.found.code, self.found.message, self.fix.text


class Fixed(NamedTuple):
    """The text after the last round, what was fixed, and what is found in it now."""

    written: WrittenText
    mended: tuple[Diagnostic, ...]
    left: CheckedSpec


def fixed(written: WrittenText, file: str, look: Look, *, unsafe: bool, try_out: Look | None = None) -> Fixed:
    """Fix what can be fixed in the text of `file`: by safe fixes, or by the first of each finding that works.

    A text that is only tried may be looked at with less: `try_out`.
    """
    checked = look(written)
    mended: list[Diagnostic] = []
    refused: set[tuple[str, str, str]] = set()
    seen = {written}
    # Whether the text is another since a fix was refused.
    changed = False
    looks, most = 0, max(FEWEST, LOOKED // max(1, len(written.text)))
    for _ in range(ROUNDS):
        chosen = _chosen(checked.found, file, refused, unsafe=unsafe)
        if not chosen and changed:
            # What could not be mended before may be now.
            refused.clear()
            changed = False
            chosen = _chosen(checked.found, file, refused, unsafe=unsafe)
        if not chosen:
            break
        # Together, or else without those that do not what they promise: halves are tried, and halves of them.
        parts, good = [chosen], list[Chosen]()
        best: tuple[WrittenText, CheckedSpec] | None = None
        while parts and looks < most:
            part = parts.pop()
            some = [*good, *part]
            after = _applied(written, some)
            told = (try_out or look)(after) if after not in seen else None
            looks += told is not None
            if told is not None and _mends(some, checked.found, told.found):
                good, best = some, (after, told)
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
            mended += [one.found for one in good]
    return Fixed(written, tuple(mended), checked)


def _chosen(
    found: Iterable[Diagnostic], file: str, refused: set[tuple[str, str, str]], *, unsafe: bool
) -> list[Chosen]:
    """One fix of each finding, in order, that does not touch those before it: the others wait."""
    chosen: list[Chosen] = []
    taken = Taken()
    for item in found:
        fixes = (fix for fix in item.fixes if fix.safe or unsafe)
        ways = (Chosen(item, fix) for fix in fixes if all(edit.span.file == file for edit in fix.edits))
        one = next((way for way in ways if way.key not in refused), None)
        if one is None or taken.touched_by(one.edits):
            continue
        chosen.append(one)
        taken.take(one.edits)
    return chosen


def _applied(written: WrittenText, chosen: Sequence[Chosen]) -> WrittenText:
    after = written.edited(edit for one in chosen for edit in one.edits)
    codes = {one.found.code for one in chosen}
    if LINE_ENDS in codes:
        after = after.with_line_feeds()
    return after._replace(marked=after.marked and MARK not in codes)


def _mends(chosen: Sequence[Chosen], before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Whether every finding is gone from its place, and there is no new error.

    A safe fix changes no network: an error that shows after it was there before, hidden by the one that is fixed.
    """
    moved = Mover(edit for one in chosen for edit in one.edits).moved
    if ({item.code for item in after} - {item.code for item in before}) & BROKEN:
        return False
    reveals = any(_is_error(one.found) for one in chosen) and all(one.fix.safe for one in chosen)
    if not reveals and not _errors(after) <= _errors(before, moved):
        return False
    gone = {(one.found.code, one.found.span) for one in chosen}
    kept = Counter(
        (item.code, moved(item.span.start)) for item in before if (item.code, item.span) not in gone
    )
    there = Counter((item.code, item.span.start) for item in after)
    places = ((one.found.code, moved(one.found.span.start)) for one in chosen)
    return all(there[place] <= kept[place] for place in places)


def _errors(
    found: Iterable[Diagnostic], moved: Callable[[Place], Place] = lambda place: place
) -> set[tuple[str, Place]]:
    """The errors by code and place, where edits leave them."""
    return {(item.code, moved(item.span.start)) for item in found if _is_error(item)}


def offered(written: WrittenText, file: str, checked: CheckedSpec, try_out: Look) -> CheckedSpec:
    """The findings with those fixes only that would not be taken back, as far as they can be tried."""
    left = max(1, min(OFFERED, WORK // max(1, checked.nodes, written.text.count("\n"))))
    found: list[Diagnostic] = []
    for item in checked.found:
        kept = []
        for fix in item.fixes:
            one = Chosen(item, fix)
            if left and all(edit.span.file == file for edit in one.edits):
                left -= 1
                after = _applied(written, [one])
                if after == written or not _mends([one], checked.found, try_out(after).found):
                    continue
            kept.append(fix)
        found.append(item._replace(fixes=tuple(kept)))
    return checked._replace(found=tuple(found))


def _is_error(item: Diagnostic) -> bool:
    return item.severity is Severity.ERROR
