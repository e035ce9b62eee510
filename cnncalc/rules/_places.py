"""The places in the text of a rule's findings: each place once, with the layer's input and its block."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Note, Span
from cnncalc.exact import counted
from cnncalc.figure_words import grid as grid
from cnncalc.figure_words import percent as percent
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.graph.findings import use
from cnncalc.record import NamedTuple
from cnncalc.spec import LayerItem
from cnncalc.vocabulary.convolution import SlidingFilters


class RuleCase(NamedTuple):
    """The layers at one place that break a rule: the first one, and their number.

    `whole`: these are all layers of the item, so that an edit of the item changes no other layer. If the advice changes
    the shape of weights, `borrowers` are the other layers that use these weights.
    """

    node: Node
    fit: BoundLayer
    span: Span
    uses: int
    whole: bool
    borrowers: tuple[int, ...] = ()


def of_type(analysis: Analysis, base: type[Any]) -> list[Node]:
    """The nodes whose layer has this type, or a type based on it."""
    return [
        node
        for nodes in analysis.by_kind.values()
        if nodes[0].fit is not None and isinstance(nodes[0].fit.layer, base)
        for node in nodes
    ]


def broken(analysis: Analysis, base: type[Any], test: Callable[[BoundLayer], bool]) -> list[Node]:
    """The nodes of a type that pass a test. Equal nodes have the same `fit` and are tested once."""
    known: dict[BoundLayer, bool] = {}
    matching = []
    for node in of_type(analysis, base):
        fit = node.fit
        if fit is None:
            continue
        if fit not in known:
            known[fit] = test(fit)
        if known[fit]:
            matching.append(node)
    return matching


def cases(
    analysis: Analysis,
    code: str,
    nodes: Sequence[Node],
    field: str | None = None,
    *,
    reshapes: bool = False,
) -> Iterator[RuleCase]:
    """Nodes by their place in the text, accepted ones separately; `field` is where the caret points.

    A layer that uses the weights of another layer is left out if the other breaks the rule too. It is always left out
    if the advice `reshapes` the weights: only the owner of the weights can follow that advice.
    """
    places = {node.index for node in nodes}
    nodes = [node for node in nodes if node.owner == node.index or not (reshapes or node.owner in places)]
    groups: dict[tuple[Span, bool], list[Node]] = {}
    uses: dict[int, int] = {}
    for node in nodes:
        if node.item is not None:
            groups.setdefault((place(node, field), code in (node.allow or ())), []).append(node)
            uses[id(node.item)] = 0
    for kind in {node.kind for node in nodes}:
        for node in analysis.by_kind[kind]:
            if id(node.item) in uses:
                uses[id(node.item)] += 1
    for (span, _), group in groups.items():
        first = group[0]
        if first.fit is not None:
            lent = (
                [index for node in group for index in analysis.borrowers.get(node.index, ())]
                if reshapes
                else []
            )
            whole = uses[id(first.item)] == len(group) and not lent
            yield RuleCase(first, first.fit, span, len(group), whole, tuple(lent))


def place(node: Node, field: str | None = None) -> Span:
    """The place of a field of a node's layer, or of the layer's key (or its `norm`, `act`) if it is not written."""
    item = node.item
    assert item is not None
    if isinstance(item, LayerItem) and item.layer.key != node.kind:
        sugar = next(
            (part for part in (item.norm, item.act) if part and part.layer and part.layer.key == node.kind),
            None,
        )
        return sugar.span if sugar else item.span
    return node.call.spans.get(field or "", item.span) if node.call else item.span


def notes(graph: Graph, case: RuleCase, field: str | None = None) -> list[Note]:
    """Notes: the input of the layer and its source, where its field is set if not in the item, and its block."""
    return [*_entering(graph, case.node), *_default(case.node, field), *_lent(graph, case), *_uses(case)]


def _entering(graph: Graph, node: Node) -> Iterator[Note]:
    if not node.inputs:
        return
    source = graph.nodes[node.inputs[0]]
    shape = (
        source.shape
        if source.shape is None or source.shape.rank
        else counted(source.shape.channels, "feature")
    )
    where = source.item.span if source.item is not None else graph.places.get(source.index)
    place = "" if where is None else f" (line {where.line})"
    yield Note(f"the input is {shape}, from `{source.name}`{place}", where)


def _default(node: Node, field: str | None) -> Iterator[Note]:
    if node.call is not None and field and (given := node.call.inherited.get(field)) is not None:
        yield Note(f"`{field}` is from `defaults`, at line {given.line}", given)


def _lent(graph: Graph, case: RuleCase) -> Iterator[Note]:
    if case.borrowers:
        first = graph.nodes[case.borrowers[0]]
        others = len(case.borrowers) - 1
        more = f" and {others} more {'layer' if others == 1 else 'layers'} use" if others else " uses"
        place = first.item.span if first.item is not None else None
        suffix = f" (line {graph.line(first)})" if place is not None else ""
        yield Note(f"`{first.name}`{suffix}{more} the same weights: a change here changes it too", place)


def _uses(case: RuleCase) -> Iterator[Note]:
    """The same note as for errors of the graph."""
    frame, more = case.node.frame, case.uses - 1
    if frame is None:
        if more:
            yield Note(f"and in {more} more {'repetition' if more == 1 else 'repetitions'}")
        return
    yield use(frame, more)


def sees_pixels(analysis: Analysis, node: Node) -> bool:
    """Whether a node reads single pixels of the input: it is the first spatial layer on its path."""
    field = analysis.receptive_fields[node.inputs[0]]
    return field is not None and all(axis.size == 1 for axis in field)


def spatial_behind(graph: Graph, node: Node) -> bool:
    """Whether a convolution over several positions reads the output of a node, directly or not."""
    reached = bytearray(len(graph.nodes))
    reached[node.index] = 1
    for later in graph.nodes[node.index + 1 :]:
        if any(reached[source] for source in later.inputs):
            reached[later.index] = 1
            layer = later.fit and later.fit.layer
            if isinstance(layer, SlidingFilters) and getattr(layer, "kernel", 1) != 1:
                return later.shape is not None and later.shape.positions > 1
    return False
