"""Ignore comments for all that is found: a start for specs that are older than the rules."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Edit, Span
from cnncalc.lint import _faults
from cnncalc.lint.engine import CheckedSpec
from cnncalc.lint.fixing import BROKEN, Look
from cnncalc.lint.written import WrittenText
from cnncalc.spec import Ignore
from cnncalc.spec.ignores import ignores
from cnncalc.text import Source, load
from cnncalc.text.comments import room_for_comments

# What is wrong with a comment is fixed, not ignored.
OWN = frozenset(fault.code for fault in _faults.FAULTS)
ROUNDS = 100
"""Rounds at most: once a finding is accepted, others are found."""


class Adopted(NamedTuple):
    """The text with its comments, how many findings they accept, and what is left."""

    written: WrittenText
    accepted: int
    left: CheckedSpec


def adopted(written: WrittenText, source: Source, look: Look, reason: str) -> Adopted:
    """Add a comment to every line of `source` on which something is found that a comment can accept."""
    root, _ = load(source)
    checked = look(written)
    if root is None:
        return Adopted(written, 0, checked)
    here = {one.span.line: one for one in ignores(source, root) if not one.whole_file and one.codes}
    room = room_for_comments(source)
    accepted: dict[tuple[int, str], int] = {}
    refused: set[tuple[int, str]] = set()
    syntax = {item.code for item in checked.found} & BROKEN
    best = Adopted(written, 0, checked)
    for _ in range(ROUNDS):
        found: dict[tuple[int, str], int] = {}
        for item in checked.found:
            line = _line(item, source, room)
            if line is not None and item.code not in OWN:
                key = line, item.code
                found[key] = found.get(key, 0) + 1
        # What its comment leaves standing is nothing that can be accepted.
        stuck = found.keys() & accepted.keys()
        refused |= stuck
        for key in stuck:
            del accepted[key]
        new = {key: count for key, count in found.items() if key not in refused}
        if not new and not stuck:
            break
        accepted |= new
        after = written.edited(_edits(accepted, source, here, reason))
        checked = look(after)
        if ({item.code for item in checked.found} & BROKEN) - syntax:
            break
        best = Adopted(after, sum(accepted.values()), checked)
    return best


def _line(item: Diagnostic, source: Source, room: Callable[[int], bool]) -> int | None:
    """The line whose comment would accept a finding, if one can stand there."""
    file, line, _, end_line, end_column = item.span
    if file != source.name:
        return None
    last = end_line if end_column > 1 or end_line == line else end_line - 1
    return next((at for at in (line, last) if room(at)), None)


def _edits(
    accepted: Mapping[tuple[int, str], int], source: Source, here: Mapping[int, Ignore], reason: str
) -> Iterator[Edit]:
    """The comments, one a line; codes are added to one that is there."""
    lines: dict[int, list[str]] = {}
    for line, code in sorted(accepted):
        lines.setdefault(line, []).append(code)
    for line, codes in lines.items():
        if (one := here.get(line)) is not None:
            file, number, _, _, end = one.codes[-1].span
            yield Edit(Span(file, number, end, number, end), "".join(f", {code}" for code in codes))
            continue
        text = source.line(line)
        width = len(text.rstrip())
        said = f"  # cnncalc: ignore[{', '.join(codes)}]" + (f" {reason}" if reason else "")
        yield Edit(Span(source.name, line, width + 1, line, len(text) + 1), said if width else said.lstrip())
