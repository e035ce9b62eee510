"""What budget rules have in common: the network of a limit, how far a figure misses it, and where it is set."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Note, Span
from cnncalc.exact import grouped
from cnncalc.figure_words import percent
from cnncalc.graph import Graph, Node
from cnncalc.record import NamedTuple
from cnncalc.rules._rule import Finding, Rule
from cnncalc.shape import Shape
from cnncalc.spec import Limit

# How many layers a message names, and how many smaller inputs are tried to meet the budget.
NAMED, TRIED = 3, 16
# The signs of limits, in words.
SIGNS = {"<=": "at most", "<": "less than", ">=": "at least", ">": "more than"}


class MeasuredLimit(NamedTuple):
    """A limit and the figure that it limits: a count, bytes, or pixels; None where it is unknown."""

    limit: Limit
    value: int | None


class BudgetRule(Rule):
    """A rule of the limits of some `figures`."""

    figures: ClassVar[tuple[str, ...]]

    @abstractmethod
    def measured(self, limit: Limit, network: Analysis) -> int | None:
        """The figure that a limit is for, in the network that the limit applies to; None where it is unknown."""

    def measurements(self, analysis: Analysis) -> Iterator[MeasuredLimit]:
        """Each limit of its figures, with the figure."""
        for limit, network in limits(analysis, *self.figures):
            yield MeasuredLimit(limit, self.measured(limit, network))


def limits(analysis: Analysis, *figures: str) -> Iterator[tuple[Limit, Analysis]]:
    """The limits of some figures, each with the network that it applies to.

    If training and inference are different networks, a limit is checked only against its own; if they are the same,
    against that network in the mode of the limit.
    """
    spec = analysis.graph.spec
    if not spec.budget:
        return
    for limit in spec.budget.of(*figures):
        if limit.mode == analysis.graph.mode:
            yield limit, analysis
        elif not spec.two_modes:
            yield limit, Analysis(analysis.graph._replace(mode=limit.mode))


def missing(limit: Limit, value: int) -> int:
    """How far a figure is from the nearest one within its limit; 0 if it is within the limit."""
    if limit.holds(value):
        return 0
    sign, amount = limit.bound
    allowed = amount - (sign == "<") + (sign == ">")
    return abs(value - allowed)


def in_words(limit: Limit) -> str:
    """The bound of a limit as it was written, with a word for its sign: `at most 25M`."""
    sign = limit.bound.sign
    return f"{SIGNS[sign]} {limit.text.removeprefix(sign).strip()}"


def misses(limit: Limit, value: int, unit: str = "") -> str:
    """`557,032 (2.2%) over the budget of at most 25M`."""
    side = "over" if limit.bound.sign[0] == "<" else "under"
    by = missing(limit, value)
    share = f" ({percent(by, limit.bound.amount, 1)})" if limit.bound.amount else ""
    return f"{grouped(by)}{unit}{share} {side} the budget of {in_words(limit)}"


def most(graph: Graph, values: Sequence[int], unit: str) -> Iterator[Note]:
    """The layers with the largest figures: figure, part of the total, and place."""
    whole = sum(values)
    nodes = [node for node in graph.nodes if values[node.index]]
    for node in sorted(nodes, key=lambda node: -values[node.index])[:NAMED]:
        value = values[node.index]
        text = f"`{node.name}` has {grouped(value)}{unit}, {percent(value, whole, 1)}{_line(graph, node)}"
        yield Note(text, node.item.span if node.item is not None else None)


def _line(graph: Graph, node: Node) -> str:
    line = graph.line(node)
    return f" (line {line})" if line else ""


def over_budget(
    fault: DiagnosticKind,
    limit: Limit,
    graph: Graph,
    message: str,
    notes: Sequence[Note],
    help: str | None = None,
) -> Finding:
    """A finding for a missed limit: at its place, or at the start of the spec if the limit is set elsewhere."""
    span = limit.span or Span(graph.spec.file, 1, 1, 1, 1)
    origin = [Note(f"the budget is set by {limit.origin}")] if limit.origin else []
    diagnostic: Diagnostic = fault.at(span, message, notes=[*notes, *origin], help=help)
    return Finding(None, diagnostic)


def not_known(
    fault: DiagnosticKind, limit: Limit, analysis: Analysis, figure: str, words: str
) -> Iterator[Finding]:
    """The finding for a limit of a figure that an operation without a layer makes unknown."""
    inexact = analysis.totals.inexact.get(figure)
    if inexact is None:
        return
    least = f" (at least {grouped(inexact.at_least)})" if inexact.at_least else ""
    graph = analysis.graph
    notes = []
    if inexact.layer is not None and (item := graph[inexact.layer].item) is not None:
        notes = [Note(f"`{inexact.layer}` does not state its {words}", item.span)]
    message = f"the {words} of the network are not known{least}, but the budget is {in_words(limit)}"
    key = "params" if figure == "params" else "macs"
    yield over_budget(
        fault, limit, graph, message, notes, f"state them there (`{key}: ...`), or remove the limit"
    )


def side(analysis: Analysis, limit: Limit, figure: str) -> str | None:
    """The largest smaller input that keeps a limit of MACs or activations, with its figure: checked by building it.

    Only sizes that the strides divide as they divide the present size; None if the spec's input is not one plain shape.
    """
    from cnncalc.graph import build

    graph = analysis.graph
    spec, fields = graph.spec, analysis.receptive_fields
    given = next(iter(spec.inputs.values()), None)
    shape = graph.nodes[0].shape
    if (
        limit.bound.sign[0] != "<"
        or len(spec.inputs) != 1
        or given is None
        or not isinstance(given.value, str)
    ):
        return None
    if shape is None or not shape.rank or not given.constant:
        return None
    strides = [
        int(axis_field.stride)
        for field in fields
        if field
        for axis_field in field
        if axis_field.stride and axis_field.stride == int(axis_field.stride)
    ]
    # A stride larger than the input only means that one position is left.
    step = max((stride for stride in strides if 2 * stride <= min(shape.spatial)), default=1)
    for less in range(step, min(min(shape.spatial), step * TRIED + 1), step):
        smaller = Shape(shape.channels, tuple(axis - less for axis in shape.spatial))
        inputs = {name: given._replace(value=str(smaller)) for name in spec.inputs}
        tried = build(spec._replace(inputs=inputs), mode=graph.mode, values=graph.values)
        # An `expect` can fail then; the shapes are still those of the smaller input.
        if not tried.whole:
            continue
        value = getattr(Analysis(tried._replace(disputed=False)).totals, figure)
        if value is not None and limit.holds(value):
            return f"an input of {smaller} has {grouped(value)}"
    return None
