"""Inputs that are features of another network: their receptive fields on its image, and what is not known about them.

All inputs with a stride see one image, whose sides are positions times stride (the largest, where they differ). A field
is centred on its position, as that of layers with `half` padding is.
"""

from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import Field, Span
from cnncalc.graph import Graph, Node
from cnncalc.shape import Shape


def first_fields(graph: Graph, node: Node, shape: Shape) -> tuple[Field, ...]:
    """The field of an input with a history, along each axis; without a history each position is its own field."""
    history = graph.histories[node.index]
    fields = []
    for axis, (positions, stride) in enumerate(zip(shape.spatial, history.stride, strict=True)):
        size = stride if history.field is None else history.field[axis]
        start = (stride - size) // 2
        image = _image(graph, shape.rank, axis)
        fields.append(Field(((start, start + size - 1),), stride, stride, axis, positions, image, stride))
    return tuple(fields)


def _image(graph: Graph, rank: int, axis: int) -> int:
    """The side of the image that inputs with histories are features of."""
    shapes = [(graph.nodes[index].shape, history) for index, history in graph.histories.items()]
    return max(
        shape.spatial[axis] * history.stride[axis]
        for shape, history in shapes
        if shape is not None and shape.rank == rank
    )


def on_the_image(graph: Graph, sources: frozenset[int], spans: tuple[Span, ...]) -> tuple[Span, ...] | None:
    """Positions of inputs, along each axis, as pixels of the image; None if the inputs have different grids."""
    if not sources & graph.histories.keys():
        return spans
    nodes = [graph.nodes[index] for index in sorted(sources)]
    first = nodes[0]
    assert first.shape is not None
    if any(
        node.shape is None
        or node.shape.spatial != first.shape.spatial
        or graph.histories[node.index] != graph.histories[first.index]
        for node in nodes
    ):
        return None
    pixels = []
    for (start, end), field in zip(spans, first_fields(graph, first, first.shape), strict=True):
        (low, _), (_, high) = field.at(start) or (0, 0), field.at(end) or (0, 0)
        pixels.append((max(0, low), min(field.image - 1, high)))
    return tuple(pixels)


def without_field(graph: Graph) -> list[Inexact | None]:
    """For every node, the input (or None) that makes its field unknown because only its stride is given."""
    result: list[Inexact | None] = []
    for node in graph.nodes:
        history = graph.histories.get(node.index)
        if history is not None:
            result.append(None if history.field is not None else Inexact("unknown", node.name))
        else:
            result.append(next((cause for source in node.values_of if (cause := result[source])), None))
    return result
