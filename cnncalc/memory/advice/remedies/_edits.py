"""Edits of a spec that change what its network takes: made in the text, and checked by the graph that they give."""

from collections.abc import Iterator

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity, Span, edited
from cnncalc.graph import Graph, build, faults
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import Change
from cnncalc.memory.advice.remedies._outcome import Way
from cnncalc.record import NamedTuple
from cnncalc.spec import Item, LayerItem, read_spec
from cnncalc.text import Source


class Rebuilt(NamedTuple):
    """The graph of a changed spec, all of whose shapes are known, and all the edits that it takes.

    No `fix` is needed where the change is given beside the spec.
    """

    graph: Graph
    fix: Fix | None


def rebuilt(case: RemedyCase, text: str, edits: tuple[Edit, ...]) -> Rebuilt | None:
    """The graph after some edits, and after each `expect` that states another shape by them states the new one.

    None where the edits give no network without a fault, or are of another file than the spec's own (one that it
    extends, and that others may extend), and where the text is a pattern, which they do not fit.
    """
    spec = case.graph.spec
    source = None if spec.is_pattern else spec.sources.get(spec.file)
    if source is None or any(edit.span.file != spec.file for edit in edits):
        return None
    fix = Fix(text, edits)
    graph = _built(case, source, fix)
    if graph.ok:
        return Rebuilt(graph, fix)
    follow = _follow(graph)
    if follow is None:
        return None
    after = edited(source.text, fix)
    whole = Fix(text, (*edits, *(_moved(edit, source.text, fix, after) for edit in follow)))
    graph = _built(case, source, whole)
    return Rebuilt(graph, whole) if graph.ok else None


def can_be_edited(case: RemedyCase, item: Item | None) -> bool:
    """Whether an item is written in the spec's own text, as YAML."""
    spec = case.graph.spec
    return item is not None and item.span.file == spec.file and not spec.is_pattern


def edited_way(case: RemedyCase, change: Change, changed: Rebuilt) -> Iterator[Way]:
    """What an edit is as a way; nothing where the run's options name a stretch that the edited network lacks."""
    setup = case.setup_for(changed.graph)
    if setup is not None:
        yield case.way(change, graph=changed.graph, setup=setup, fix=changed.fix)


def _built(case: RemedyCase, source: Source, fix: Fix) -> Graph:
    spec = read_spec(Source(source.name, edited(source.text, fix), source.path))
    spec = spec.with_inputs(case.graph.spec.given_inputs)
    return build(spec, mode=case.graph.mode, values=case.values, strict=case.strict, max_nodes=case.max_nodes)


def _follow(graph: Graph) -> tuple[Edit, ...] | None:
    """Edits of every `expect` that no longer agrees; None where anything else is wrong."""
    corrections: dict[Span, Edit] = {}
    for item in graph.diagnostics:
        if item.severity is not Severity.ERROR:
            continue
        edits = _expectations(item)
        for edit in edits:
            # One `expect` that is met by several shapes has no right value.
            if edit.span.file != graph.spec.file or corrections.setdefault(edit.span, edit) != edit:
                return None
        if not edits:
            return None
    return tuple(corrections.values())


def _expectations(item: Diagnostic) -> tuple[Edit, ...]:
    """The edits of all that is stated otherwise; where several are one finding, its last fix has them all."""
    if item.code != faults.EXPECT_MISMATCH.code or not item.fixes:
        return ()
    return item.fixes[-1].edits


def _moved(edit: Edit, text: str, fix: Fix, after: str) -> Edit:
    """An edit of the text `after` a fix, as one of the text before it."""
    begin, end = _offset(after, *edit.span[1:3]), _offset(after, *edit.span[3:5])
    moved = 0
    for earlier in sorted(fix.edits, key=lambda earlier: earlier.span.start):
        start, stop = _offset(text, *earlier.span[1:3]), _offset(text, *earlier.span[3:5])
        if begin < start + moved + len(earlier.text):
            break
        moved += len(earlier.text) - (stop - start)
    places = *_place(text, begin - moved), *_place(text, end - moved)
    return Edit(Span(edit.span.file, *places), edit.text)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        # The place after a last line without a line feed is the end.
        end = text.find("\n", start)
        start = len(text) if end < 0 else end + 1
    return start + column - 1


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def argument(case: RemedyCase, item: LayerItem, name: str, value: str) -> Edit | None:
    """Give an argument of a layer another value where it is a constant, or add it where it is not there.

    Added, it comes before the value that `defaults` has.
    What is added may still be wrong where the text is laid out in an unusual way: the graph shows it.
    """
    call, source = item.call, case.graph.spec.sources.get(item.span.file)
    if source is None or name in call.computed:
        return None
    if name in call.spans:
        return Edit(call.spans[name], value)
    if not call.spans:
        return None
    field, last = max(call.spans.items(), key=lambda entry: entry[1].start)
    if last.line != last.end_line:
        return None
    line = source.line(last.line)
    before = line[: last.column - 1]
    if source.text[_offset(source.text, *item.span[3:5]) :].lstrip(" :\n").startswith("{"):
        end = Span(last.file, last.line, last.end_column, last.line, last.end_column)
        return Edit(end, f", {name}: {value}")
    if last.line == item.span.end_line:
        # The main argument alone: `conv: 64`.
        written = line[last.column - 1 : last.end_column - 1]
        return Edit(last, f"{{{field}: {written}, {name}: {value}}}")
    margin = len(before) - len(before.lstrip())
    start = Span(last.file, last.line, margin + 1, last.line, margin + 1)
    return Edit(start, f"{name}: {value}\n{' ' * margin}")
