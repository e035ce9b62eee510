"""From a layer's problem to a diagnostic: its place in the text, and notes on the origin of the shapes."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.diagnostic import Diagnostic, Fix, Note, Severity
from cnncalc.exact import counted
from cnncalc.graph.edits import changes, insertion
from cnncalc.graph.node import BoundLayer, Node
from cnncalc.graph.scope import Scope
from cnncalc.layers import Change, Problem
from cnncalc.spec import IDENTITY, NOTHING, Item, LayerCall, LayerItem, MergeItem, ResidualItem
from cnncalc.text import Source
from cnncalc.vocabulary.operand_faults import MERGE_MISMATCH, NO_BATCH
from cnncalc.vocabulary.shape_faults import WRONG_AXES

if TYPE_CHECKING:
    from cnncalc.graph.growing import Growing


class ProblemPlace(NamedTuple):
    """A layer with problems: its item, its arguments, and its input nodes."""

    fit: BoundLayer
    item: Item
    call: LayerCall | None
    scope: Scope
    sources: tuple[Node, ...]


def report_problems(growing: "Growing", place: ProblemPlace) -> tuple[frozenset[str], bool]:
    """Report the problems of a layer. Returns the accepted codes, and whether its output is doubtful."""
    accepted: set[str] = set()
    doubtful = False
    for problem in grouped(place.fit.problems):
        if growing.findings.strict:
            problem = problem._replace(changes=partial(_exact, problem))
        fault = _diagnostic(problem, place, growing)
        values = place.call.computed.values() if place.call is not None else ()
        severity = growing.report(
            fault, place.scope, about=place.item, free=not problem.blocking, values=values
        )
        if severity is None:
            accepted.add(fault.code)
        doubtful = doubtful or (problem.doubtful and severity is Severity.ERROR)
    return frozenset(accepted), doubtful


def _exact(problem: Problem) -> tuple[Change, ...]:
    """The suggested changes of a problem that leave no remainder."""
    return tuple(change for change in problem.changes if change.exact)


def grouped(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems of one layer. Those that differ only in their axis become one, with notes on the others."""
    groups: dict[tuple[str, str | None], Problem] = {}
    for problem in problems:
        key = problem.fault.code, problem.field
        if (first := groups.get(key)) is not None:
            problem = first._replace(notes=(*first.notes, problem.message, *problem.notes))
        groups[key] = problem
    return iter(groups.values())


def _diagnostic(problem: Problem, place: ProblemPlace, growing: "Growing") -> Diagnostic:
    """The diagnostic of a problem, at the layer's field or key."""
    item, call, texts = place.item, place.call, growing.spec.sources
    spans = call.spans if call is not None else NOTHING
    span = spans.get(problem.field or "", item.span)
    if not growing.advise:
        return problem.fault.at(span, problem.message, severity=problem.severity)
    notes = [Note(text) for text in problem.notes]
    if call is not None and problem.field and problem.field in call.inherited:
        default = call.inherited[problem.field]
        notes.append(Note(f"`{problem.field}` is from `defaults`, at line {default.line}", default))
    notes += _producers(problem, place, growing)
    key = place.fit.layer.key
    # If `first` changes the layer, or for a norm or act, not all fields are from the item itself.
    own = isinstance(item, LayerItem) and item.layer.key == key and item.first is None
    fixes = (*changes(problem, spans, texts, key if own else None), *_structural(problem, place, texts))
    help = problem.help
    if any(change.field == "input" for change in problem.changes):
        from cnncalc.vocabulary.window_changes import ways_out

        within = [change for change in problem.changes if change.field != "input"]
        help = ways_out(problem.fault, within, place.fit.inputs[0])
    if problem.fault is NO_BATCH:
        from cnncalc.graph.without_batch import instead

        help = instead(growing, item, place.fit.layer, place.scope, place.sources, problem.operand)
    if problem.fault.code == MERGE_MISMATCH.code and isinstance(item, ResidualItem) and fixes:
        help = (
            "`shortcut: project` beside it adds a 1x1 conv to the shortcut; "
            "`shortcut: optional` removes the addition"
        )
    first = place.sources[0] if place.sources else None
    if (
        problem.fault.code == WRONG_AXES.code
        and first is not None
        and first.is_input
        and not place.fit.inputs[0].rank
    ):
        help = f"`{place.fit.inputs[0]}` is a number of features; an image is HEIGHTxWIDTHxCHANNELS, as in `224x224x3`"
    if problem.fault.code == MERGE_MISMATCH.code and isinstance(item, MergeItem) and not problem.changes:
        from cnncalc.graph.grids import projection, ways

        advice, more = ways(item, place.fit)
        help, fixes = advice or help or projection(item, place.fit), (*fixes, *more)
    return problem.fault.at(
        span, problem.message, notes=notes, help=help, fixes=fixes, severity=problem.severity
    )


def _producers(problem: Problem, place: ProblemPlace, growing: "Growing") -> list[Note]:
    """Notes on the origin of the shapes: for a merge, of the first operand and of the one that differs."""
    operands = [0, problem.operand] if problem.operand else [0] if place.sources else []
    notes = []
    for index in operands:
        source = place.sources[index]
        line = growing.line(source)
        where = f" (line {line})" if line is not None else ""
        if source.is_input and source.name in growing.spec.given_inputs:
            where = f", which replaces the one at line {line}"
        what = "the input is" if len(place.sources) == 1 else f"operand {index + 1} is"
        shape = (
            source.shape
            if source.shape is None or source.shape.rank
            else counted(source.shape.channels, "feature")
        )
        notes.append(Note(f"{what} {shape}, from `{source.name}`{where}"))
    return notes


def _structural(problem: Problem, place: ProblemPlace, texts: Mapping[str, Source]) -> tuple[Fix, ...]:
    """Fixes that add an item, or a key of an item, to the spec."""
    item = place.item
    if problem.before and item.controls.source is None:
        return tuple(
            Fix(f"put `{word}` before it", (edit,))
            for word in problem.before
            if (edit := insertion(texts, item.whole, word, item=True))
        )
    is_mismatch = problem.fault.code == MERGE_MISMATCH.code
    if is_mismatch and isinstance(item, ResidualItem) and item.shortcut == IDENTITY:
        volumes = all(shape.rank and shape.batched for shape in place.fit.inputs)
        if volumes and (edit := insertion(texts, item.place, "shortcut: project", item=False)):
            return (Fix("shortcut: project", (edit,)),)
    return ()
