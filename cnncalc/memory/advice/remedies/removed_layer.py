"""A layer that can be removed: it is written once, and the network is valid without it."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Edit, Span
from cnncalc.graph import Graph, Node
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import LayerRemoved
from cnncalc.memory.advice.remedies._edits import can_be_edited, edited_way, rebuilt
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way, best_of
from cnncalc.memory.advice.remedies._remedy import Remedy
from cnncalc.spec import LayerItem
from cnncalc.text import Source

# How many layers are tried (those with the largest volumes and most parameters), and how many are suggested.
TRIED, SUGGESTED = 6, 3


class RemovedLayer(Remedy):
    """The layers that save most memory, each with the norm and activation that are written in the same item.

    A network that ends in features keeps their number: these are the classes.
    """

    changes_network: ClassVar[bool] = True
    harm: ClassVar[Harm] = Harm.NETWORK

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        written = [node for node in case.graph.layers if _is_main(node)]
        uses = Counter(id(node.item) for node in written)
        own = [node for node in written if uses[id(node.item)] == 1 and can_be_edited(case, node.item)]
        held = _held(case)
        largest = sorted(own, key=lambda node: -held[id(node.item)])[: case.tries(TRIED)]
        case.not_tried[self.key] = len(written) - len(largest)
        yield from best_of(case.tried(way for node in largest for way in _ways(case, node)), SUGGESTED)


def _is_main(node: Node) -> bool:
    """Whether a node is the layer that its item names, not the norm or activation that follows it."""
    return (
        isinstance(node.item, LayerItem) and node.kind == node.item.layer.key and node.call is node.item.call
    )


def _held(case: RemedyCase) -> Counter[int]:
    """How many values each item stores for the batch, plus how many parameters it has."""
    analysis = Analysis(case.graph)
    held: Counter[int] = Counter()
    for node in case.graph.layers:
        output, owned = analysis.storage[node.index], analysis.parameters[node.index]
        held[id(node.item)] += (output.values if output else 0) * case.batch + (owned.params if owned else 0)
    return held


def _ways(case: RemedyCase, node: Node) -> Iterator[Way]:
    item = node.item
    assert isinstance(item, LayerItem)
    source = case.graph.spec.sources.get(item.whole.file)
    place = None if source is None else _place(source, item.whole)
    if place is None:
        return
    smaller = rebuilt(case, f"remove {node.name}", (Edit(place, ""),))
    if (
        smaller is not None
        and _lacks_only(case.graph, smaller.graph, item)
        and _same_classes(case.graph, smaller.graph)
    ):
        yield from edited_way(case, LayerRemoved(node.name), smaller)


def _place(source: Source, whole: Span) -> Span | None:
    """The lines of an item in a list with dashes, or its part of a list in brackets; None for other layouts."""
    file, line, column, end_line, end_column = whole
    before = source.line(line)[: column - 1]
    after = source.line(end_line)[end_column - 1 :]
    if before.strip() == "-" and not after.partition("#")[0].strip():
        return Span(file, line, 1, end_line + 1, 1)
    if after.lstrip().startswith(","):
        space = len(after) - len(after.lstrip(", "))
        return Span(file, line, column, end_line, end_column + space)
    if before.rstrip().endswith(","):
        return Span(file, line, before.rindex(",") + 1, end_line, end_column)
    return None


def _lacks_only(before: Graph, after: Graph, item: LayerItem) -> bool:
    """Whether a network equals the earlier one without the layers of an item."""
    rest = [node.kind for node in before.layers if node.item is not item]
    return bool(rest) and rest == [node.kind for node in after.layers]


def _same_classes(before: Graph, after: Graph) -> bool:
    """Whether every output that has no spatial axes keeps its number of features."""
    shapes = [
        (before.nodes[old].shape, after.nodes[new].shape)
        for old, new in zip(before.outputs, after.outputs, strict=False)
    ]
    return len(before.outputs) == len(after.outputs) and all(
        old == new for old, new in shapes if old is not None and not old.rank
    )
