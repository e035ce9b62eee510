"""A layer's problem -> a diagnostic: which place in the text it is about, and where the shapes came from."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Fix, Note
from cnncalc.exact import counted
from cnncalc.graph.edits import changes, insertion
from cnncalc.graph.model import Node
from cnncalc.layers import Problem
from cnncalc.spec import NOTHING, Item, LayerItem, MergeItem, ResidualItem
from cnncalc.text import Source


class ProblemPlace(NamedTuple):
    """What is known around a node when its problem is told."""

    sources: Mapping[str, Source]
    nodes: list[Node]
    line: Callable[[Node], int | None]
    # Inputs that have another shape than the text says.
    replaced: Container[str] = ()


def grouped(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of one node, those that differ in their axis only as one: its notes tell of the others."""
    groups: dict[tuple[str, str | None], Problem] = {}
    for problem in problems:
        key = problem.fault.code, problem.field
        if (first := groups.get(key)) is not None:
            problem = first._replace(notes=(*first.notes, problem.message, *problem.notes))
        groups[key] = problem
    return iter(groups.values())


def diagnostic(problem: Problem, node: Node, place: ProblemPlace, *, advise: bool = True) -> Diagnostic:
    """The problem of a node, at its field or at its key; `advise`: with notes, help and fixes."""
    item = node.item
    assert item is not None
    spans = node.call.spans if node.call is not None else NOTHING
    span = spans.get(problem.field or "", item.span)
    if not advise:
        return problem.fault.at(span, problem.message, severity=problem.severity)
    notes = [Note(text) for text in problem.notes]
    if node.call is not None and problem.field and problem.field in node.call.inherited:
        default = node.call.inherited[problem.field]
        notes.append(Note(f"`{problem.field}` is given by `defaults`, at line {default.line}", default))
    notes += _producers(problem, node, place)
    # Where `first` changes the layer, or a norm or act was meant, its fields are not all of the item's own.
    own = isinstance(item, LayerItem) and item.layer.key == node.kind and item.first is None
    key = node.kind if own else None
    fixes = (*changes(problem, spans, place.sources, key), *_structural(problem, node, item, place))
    help = problem.help
    if node.fit is not None and any(change.field == "input" for change in problem.changes):
        from cnncalc.vocabulary.window import ways_out

        within = [change for change in problem.changes if change.field != "input"]
        help = ways_out(problem.fault, within, node.fit.inputs[0])
    if problem.fault.code == "S008" and isinstance(item, ResidualItem) and fixes:
        help = (
            "`shortcut: project` beside it fits the input by a 1x1 conv, `optional` leaves the addition out"
        )
    source = place.nodes[node.inputs[0]]
    if (
        problem.fault.code == "S010"
        and source.is_input
        and source.shape is not None
        and not source.shape.rank
    ):
        help = (
            f"`{source.shape}` is a count of features; an image is HEIGHTxWIDTHxCHANNELS, as in `224x224x3`"
        )
    if problem.fault.code == "S008" and isinstance(item, MergeItem):
        from cnncalc.graph.grids import ways

        told, more = ways(item, node, place.nodes)
        help, fixes = told or help, (*fixes, *more)
    return problem.fault.at(
        span, problem.message, notes=notes, help=help, fixes=fixes, severity=problem.severity
    )


def _producers(problem: Problem, node: Node, place: ProblemPlace) -> list[Note]:
    """Where the shapes come from: of a merge, the first operand and the one that differs."""
    operands = [0, problem.operand] if problem.operand else [0]
    notes = []
    for at in operands:
        source = place.nodes[node.inputs[at]]
        line = place.line(source)
        where = f" (line {line})" if line is not None else ""
        if source.is_input and source.name in place.replaced:
            where = f", as asked for in place of line {line}"
        what = "the input is" if len(node.inputs) == 1 else f"operand {at + 1} is"
        shape = (
            source.shape
            if source.shape is None or source.shape.rank
            else counted(source.shape.channels, "feature")
        )
        notes.append(Note(f"{what} {shape}, from `{source.name}`{where}"))
    return notes


def _structural(problem: Problem, node: Node, item: Item, place: ProblemPlace) -> tuple[Fix, ...]:
    """Fixes that put a word into the spec."""
    if problem.fault.code == "S009" and item.controls.source is None:
        return tuple(
            Fix(f"put `{word}` before it", (edit,))
            for word in ("flatten", "global_avgpool")
            if (edit := insertion(place.sources, item.whole, word, item=True))
        )
    if problem.fault.code == "S008" and isinstance(item, ResidualItem) and item.shortcut == "identity":
        shapes = [place.nodes[at].shape for at in node.inputs]
        if all(shape is not None and shape.rank for shape in shapes) and (
            edit := insertion(place.sources, item.place, "shortcut: project", item=False)
        ):
            return (Fix("shortcut: project", (edit,)),)
    return ()
