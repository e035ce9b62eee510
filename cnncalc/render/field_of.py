"""What one layer sees of another's output, and which of its positions see one of the other's."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis, Fields, Fieldwork, Inexact
from cnncalc.analysis.positions import TooLarge, ends
from cnncalc.analysis.walk import Untraceable
from cnncalc.analysis.walk_forward import forward
from cnncalc.figure_words import grid
from cnncalc.graph import Graph, Node
from cnncalc.render._field import field_lines
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed
from cnncalc.shape import AXES

Lines = Iterator[tuple[str, str]]
# Positions that are followed onwards, at most: as many as differ, around the centre.
MOST = 64


def field_of(
    analysis: Analysis, node: Node, source: Node, work: Fieldwork, width: int | None = None
) -> Iterator[str]:
    """The page of a node's field on another: `work` is what all nodes see of that one, and the node is one of them."""
    graph = analysis.graph
    places = (f"{place.name} (line {graph.line(place)}, {place.shape})" for place in (node, source))
    yield Piece(" on ".join(places), "bold")
    yield "\n\n"
    yield from listed(facts(graph, node, source, work), width)


def facts(graph: Graph, node: Node, source: Node, work: Fieldwork) -> Lines:
    """What is said of it, name and text."""
    result = work.results[node.index]
    if result is None or isinstance(result, Inexact):
        layer = result.layer if result is not None and result.layer is not None else node.name
        first_unknown = graph.nodes[graph.by_name[layer]]
        yield "field", f"unknown from {first_unknown.name} on (line {graph.line(first_unknown)})"
        return
    random = work.random.get(node.index)
    inexact = Inexact("bound", random) if random else None
    before = work.results[node.inputs[0]] if len(node.inputs) == 1 else None
    known = before if before is not None and not isinstance(before, Inexact) else None
    yield from field_lines("field", result, node, known, inexact, f"positions of {source.name}")
    yield from _reached(graph, node, source, result)


def _reached(graph: Graph, node: Node, source: Node, fields: Fields) -> Lines:
    """How many positions of the node see one of the source's, and which see the one in the centre."""
    assert source.shape is not None
    assert node.shape is not None
    sizes = source.shape.spatial
    turns = min(MOST, max((field.shift for field in fields if field.axis is not None), default=1) or 1)
    centre = tuple(size // 2 for size in sizes)
    counts: list[set[int]] = [set() for _ in node.shape.spatial]
    central: list[tuple[int, int]] | None = None
    try:
        for turn in range(turns):
            position = tuple((middle + turn) % size for middle, size in zip(centre, sizes, strict=True))
            reached = forward(
                graph, source.index, node.index, tuple(1 << coordinate for coordinate in position)
            )
            spans = [span for span in map(ends, reached or ()) if span is not None]
            for axis, count in enumerate(counts):
                count.add(reached[axis].bit_count() if reached else 0)
            central = spans if turn == 0 and reached is not None else central
    except (Untraceable, TooLarge):
        return
    at_centre = grid(centre)
    if not counts:
        reaches = "reaches it" if central is not None else "does not reach it"
        yield "reverse", f"position {at_centre} of {source.name}, its centre, {reaches}"
        return
    ranges = [f"{min(count)}-{max(count)}" if len(count) > 1 else str(*count) for count in counts]
    axes_by_text: dict[tuple[str, str], list[str]] = {}
    for axis, name in enumerate(AXES[len(counts)]):
        span = "none" if central is None else f"{central[axis][0]}..{central[axis][1]}"
        axes_by_text.setdefault((ranges[axis], span), []).append(name)
    for (count_text, span), names in axes_by_text.items():
        where = f" ({' and '.join(names)})" if len(axes_by_text) > 1 else ""
        yield (
            "reverse",
            f"a position of {source.name} reaches {count_text} positions of {node.name}{where}; "
            f"{at_centre}, its centre, {span}",
        )
