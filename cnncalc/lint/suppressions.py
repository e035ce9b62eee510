"""Checks ignore comments and entries of `allow:` against the findings that they accept."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity, Span
from cnncalc.graph import Graph
from cnncalc.lint import _faults
from cnncalc.lint.codes import ELSEWHERE, faults
from cnncalc.lint.removal import Allowances, without_code, without_comment
from cnncalc.lint.settings import Settings
from cnncalc.spec import Ignore, Item, MergeItem, ResidualItem, SequenceItem, Spec, UnknownItem
from cnncalc.spec.controls import CODE
from cnncalc.spec.ignores import DIRECTIVE
from cnncalc.text import Source, escaped

OWN = frozenset(fault.code for fault in _faults.FAULTS)
Accepted = Callable[[], "tuple[frozenset[Span], list[Span]] | None"]
"""The entries that accepted a finding in any mode, and the items without a node; None if that can't be known."""


def suppressions(
    spec: Spec, findings: Sequence[Diagnostic], settings: Settings, accepted: Accepted
) -> Iterator[Diagnostic]:
    """Errors in the comments and `allow:` of a spec (not of those it extends). `findings` are those not accepted."""
    source = spec.sources[spec.file]
    named: list[tuple[str, Span, Callable[[], tuple[Fix, ...]]]] = []
    allowances, codes = Allowances(source), _Codes(findings)
    for ignore in spec.ignores:
        if ignore.span.file != spec.file:
            continue
        if ignore.misplaced:
            yield _misplaced(source, ignore)
        elif not ignore.codes:
            yield _without_codes(source, ignore, codes)
        for index, word in enumerate(ignore.codes if not ignore.misplaced else ()):
            named.append((word.text, word.span, _comment_fix(source, ignore, index)))
    named += [
        (entry.code, entry.span, _allow_fix(allowances, entry.span))
        for entry in spec.allowed
        if entry.span.file == spec.file
    ]
    known = faults()
    looked_for = {
        code for code in {entry[0] for entry in named} & known.keys() if _looked_for(code, settings)
    }
    asked = [entry for entry in named if entry[0] in looked_for]
    unused = _unused([span for _, span, _ in asked], accepted) if asked else set()
    for code, span, fixes in named:
        if code not in known:
            yield _unknown(code, span, fixes())
        elif span in unused:
            yield _faults.UNUSED_SUPPRESSION.at(
                span, f"there is no finding {code} here to accept", help="remove it", fixes=fixes()
            )


def _looked_for(code: str, settings: Settings) -> bool:
    return code[0] not in ELSEWHERE and code not in OWN and settings.selection.takes(faults()[code])


def _unused(spans: Iterable[Span], accepted: Accepted) -> set[Span]:
    result = accepted()
    if result is None:
        return set()
    used, unreached = result
    # A part of the spec that is not in the network can have no findings.
    lines = _merged((part.line, part.end_line) for part in unreached)
    begins = [begin for begin, _ in lines]

    def in_network(span: Span) -> bool:
        before = bisect_right(begins, span.line) - 1
        return before < 0 or lines[before][1] < span.line

    return {span for span in spans if span not in used and in_network(span)}


def _merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges of lines in order; ranges that overlap become one."""
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged


def _unknown(code: str, span: Span, fixes: tuple[Fix, ...]) -> Diagnostic:
    close = code.upper() if code.upper() in faults() else None
    message = f"there is no diagnostic `{escaped(code)}`"
    if not re.fullmatch(CODE, code):
        message += ": a code is a letter and three digits"
    help = f"did you mean `{close}`?" if close else "`cnncalc rules` lists all of them"
    return _faults.UNKNOWN_CODE.at(span, message, help=help, fixes=fixes)


class _Codes:
    """The codes of findings that a comment can accept, by line and for the whole file."""

    def __init__(self, findings: Iterable[Diagnostic]) -> None:
        self._by_line: dict[int | None, set[str]] = {}
        for item in findings:
            if not _stays(item):
                for line in (item.span.line, None):
                    self._by_line.setdefault(line, set()).add(item.code)

    def at(self, line: int | None) -> list[str]:
        return sorted(self._by_line.get(line, ()))


def _without_codes(source: Source, ignore: Ignore, findings: _Codes) -> Diagnostic:
    line, column = ignore.span.start
    codes = findings.at(None if ignore.whole_file else line)
    kind = "ignore-file" if ignore.whole_file else "ignore"
    if not codes:
        fix = Fix("remove the comment", (without_comment(source, ignore),), safe=True)
        help = "there is no finding here to accept: remove the comment"
    else:
        said = f"# cnncalc: {kind}[{', '.join(codes)}]"
        match = DIRECTIVE.match(source.line(line), column - 1)
        assert match is not None
        span = ignore.span._replace(end_column=match.start("reason") + 1)
        fix = Fix(f"write `{said}`", (Edit(span, said),))
        help = f"write `{said}`"
    message = f"`{kind}` has no code in brackets, and accepts nothing"
    return _faults.IGNORE_WITHOUT_CODES.at(ignore.span, message, help=help, fixes=[fix])


def _stays(item: Diagnostic) -> bool:
    """Whether a comment cannot accept it, because the text can't be read as a spec."""
    return item.severity is Severity.ERROR and item.code[0] in "YL"


def _misplaced(source: Source, ignore: Ignore) -> Diagnostic:
    line, column = ignore.span.start
    said = source.line(line)[column - 1 : ignore.span.end_column - 1]
    top = Span(ignore.span.file, 1, 1, 1, 1)
    fix = Fix("move it to the top", (Edit(top, f"{said}\n"), without_comment(source, ignore)))
    message = "`ignore-file` is below the start of the spec, and accepts nothing"
    help = "move it to the top, or write `ignore` for only this line"
    return _faults.MISPLACED_IGNORE_FILE.at(ignore.span, message, help=help, fixes=[fix])


def _comment_fix(source: Source, ignore: Ignore, index: int) -> Callable[[], tuple[Fix, ...]]:
    return lambda: (Fix(f"remove {_word(ignore, index)}", (without_code(source, ignore, index),), safe=True),)


def _word(ignore: Ignore, index: int) -> str:
    return escaped(ignore.codes[index].text) if len(ignore.codes) > 1 else "the comment"


def _allow_fix(allowances: Allowances, span: Span) -> Callable[[], tuple[Fix, ...]]:
    def fixes() -> tuple[Fix, ...]:
        removal = allowances.without(span)
        if removal is None:
            return ()
        edit, commented = removal
        return (Fix("remove it", (edit,), safe=not commented),)

    return fixes


def unreached(spec: Spec, graphs: Iterable[Graph]) -> list[Span]:
    """The spans of the items of a spec that have no node in these graphs."""
    reached: set[int] = set()
    for graph in graphs:
        for node in graph.nodes:
            reached.add(id(node.item))
            frame = node.frame
            while frame is not None and id(frame.item) not in reached:
                reached.add(id(frame.item))
                frame = frame.parent
    lists = [spec.items, *(block.items for block in spec.blocks.values())]
    return [span for items in lists for item in items for span in _unreached(item, reached)]


def _unreached(item: Item, reached: set[int]) -> list[Span]:
    parts = [inner for part in _parts(item) for inner in part]
    missing = [_unreached(part, reached) for part in parts]
    if id(item) in reached or any(spans != [part.whole] for spans, part in zip(missing, parts, strict=True)):
        return [span for spans in missing for span in spans]
    return [item.whole]


def _parts(item: Item) -> Iterator[tuple[Item, ...]]:
    """The lists of items in an item."""
    match item:
        case SequenceItem():
            yield item.items
        case ResidualItem():
            yield item.body
            if isinstance(item.shortcut, tuple):
                yield item.shortcut
        case MergeItem() | UnknownItem():
            yield from (operand.branch for operand in item.operands or () if operand.branch)
