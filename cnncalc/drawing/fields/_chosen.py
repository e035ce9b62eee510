"""Layers whose fields are worth a picture, where none is named."""

from collections.abc import Sequence

from cnncalc.analysis import Analysis
from cnncalc.drawing.options import DrawingOptions
from cnncalc.drawing.parts import DrawnPart, nodes_of, rows, tree, trunk
from cnncalc.graph import Node

# Fields that are drawn: more could not be distinguished.
CHOSEN = 7
# Layers that are looked at for that.
READABLE = 400


def chosen(analysis: Analysis, options: DrawingOptions) -> Sequence[Node]:
    """Layers of the trunk from small fields to large ones, each the first of those with its field."""
    graph = analysis.graph
    path = trunk(graph, rows(tree(analysis), options.depth, READABLE))
    first: dict[int, Node] = {}
    for row in path:
        node = row.part.nodes[0] if row.part.is_layer else _last(row.uses)
        fields = analysis.receptive_fields[node.index]
        if fields and not node.is_input and not all(field.whole for field in fields):
            first.setdefault(fields[-1].largest, node)
    sizes = sorted(first)
    if len(sizes) <= CHOSEN:
        return [first[size] for size in sizes]
    # Equal factors between them, as far as there are such layers.
    low, high = max(1, sizes[0]), sizes[-1]
    wanted = [low * (high / low) ** (step / (CHOSEN - 1)) for step in range(CHOSEN)]
    nearest = dict.fromkeys(min(sizes, key=lambda size: (abs(size - aim), size)) for aim in wanted)
    return [first[size] for size in nearest]


def _last(uses: Sequence[DrawnPart]) -> Node:
    *_, last = nodes_of(uses)
    return last
