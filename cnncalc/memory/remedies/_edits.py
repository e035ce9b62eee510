"""Edits of a spec that change what its network takes: made in the text, and held against the graph that they give."""

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity, Span, edited
from cnncalc.graph import Graph, build
from cnncalc.graph import faults as faults
from cnncalc.memory.remedies._remedy import RemedyCase, Way
from cnncalc.spec import LayerItem, read_spec
from cnncalc.text import Source


class Rebuilt(NamedTuple):
    """The graph of a changed spec, all of whose shapes are known, and all the edits that it takes.

    No `fix` is needed where the change is told beside the spec.
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


def edited_way(case: RemedyCase, title: str, options: str, made: Rebuilt) -> Iterator[Way]:
    """What an edit is as a way; nothing where the run's options name a stretch that the edited network lacks."""
    setup = case.setup_for(made.graph)
    if setup is not None:
        yield case.way(title, options, graph=made.graph, setup=setup, fix=made.fix)


def _built(case: RemedyCase, source: Source, fix: Fix) -> Graph:
    spec = read_spec(Source(source.name, edited(source.text, fix), source.path))
    spec = spec.with_inputs(case.graph.spec.given_inputs)
    return build(spec, mode=case.graph.mode, values=case.values, strict=case.strict, max_nodes=case.max_nodes)


def _follow(graph: Graph) -> tuple[Edit, ...] | None:
    """Edits of every `expect` that no longer agrees; None where anything else is wrong."""
    found: dict[Span, Edit] = {}
    for item in graph.diagnostics:
        if item.severity is not Severity.ERROR:
            continue
        edits = _expectations(item)
        for edit in edits:
            # One `expect` that is met by several shapes has no right value.
            if edit.span.file != graph.spec.file or found.setdefault(edit.span, edit) != edit:
                return None
        if not edits:
            return None
    return tuple(found.values())


def _expectations(item: Diagnostic) -> tuple[Edit, ...]:
    """The edits of all that is stated otherwise; the last fix of several that are one finding has them all."""
    if item.code != faults.EXPECT_MISMATCH.code or not item.fixes:
        return ()
    return item.fixes[-1].edits


def _moved(edit: Edit, text: str, fix: Fix, after: str) -> Edit:
    """An edit of the text `after` a fix, as one of the text before it."""
    begin, end = _offset(after, *edit.span[1:3]), _offset(after, *edit.span[3:5])
    moved = 0
    for one in sorted(fix.edits, key=lambda one: one.span.start):
        start, stop = _offset(text, *one.span[1:3]), _offset(text, *one.span[3:5])
        if begin < start + moved + len(one.text):
            break
        moved += len(one.text) - (stop - start)
    places = *_place(text, begin - moved), *_place(text, end - moved)
    return Edit(Span(edit.span.file, *places), edit.text)


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _place(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def argument(case: RemedyCase, item: LayerItem, name: str, value: str) -> Edit | None:
    """Give an argument of a layer another value, or add it: where it stands as a constant, or nothing says it.

    What is added may still be wrong where the text is laid out in an unusual way: the graph tells.
    """
    call, source = item.call, case.graph.spec.sources.get(item.span.file)
    if source is None or name in call.computed or name in call.inherited:
        return None
    if name in call.spans:
        return Edit(call.spans[name], value)
    if not call.spans:
        return None
    field, last = max(call.spans.items(), key=lambda told: told[1].start)
    if last.line != last.end_line:
        return None
    line = source.line(last.line)
    before = line[: last.column - 1]
    if source.text[_offset(source.text, *item.span[3:5]) :].lstrip(" :\n").startswith("{"):
        at = Span(last.file, last.line, last.end_column, last.line, last.end_column)
        return Edit(at, f", {name}: {value}")
    if last.line == item.span.end_line:
        # The main argument alone: `conv: 64`.
        written = line[last.column - 1 : last.end_column - 1]
        return Edit(last, f"{{{field}: {written}, {name}: {value}}}")
    margin = len(before) - len(before.lstrip())
    at = Span(last.file, last.line, margin + 1, last.line, margin + 1)
    return Edit(at, f"{name}: {value}\n{' ' * margin}")
