"""Predicted receptive fields beside the pixels that gradients reach."""

from math import ceil, floor

from torch import fx

from cnncalc.analysis import Analysis, Fields
from cnncalc.graph import Node
from cnncalc.pytorch import reach
from cnncalc.pytorch.compared import Compared

Spans = list[tuple[int, int]]
WHAT, INSIDE = "receptive field", "receptive field inside the image"


def fields(analysis: Analysis, model: fx.GraphModule) -> list[Compared]:
    """The pixels that reach the centre of the last volume, and of the last one whose field is inside the image.

    At a border the image ends a field, and windows may leave pixels there unread: outside of it the prediction is a
    bound. So it is of layers that enlarge, and see another number of pixels from one output to the next.
    """
    graph = analysis.graph
    images = [node.shape.spatial for node in graph.inputs if node.shape is not None]
    told = {node.index: spans for node in graph.layers if (spans := _pixels(analysis, node))}
    if not told or len(set(images)) > 1:
        note = "the inputs are of several sizes" if told else "there is no volume of more than one position"
        return [Compared(WHAT, None, None, note)]
    loose = _loose(analysis)
    last = max(told)
    whole = [at for at, spans in told.items() if at not in loose and _clipped(spans, images[0]) == spans]
    chosen = {last: WHAT} | ({whole[-1]: INSIDE} if whole and whole[-1] != last else {})
    try:
        reached = reach.seen(model, chosen, images)
    except reach.Opaque as error:
        return [Compared(WHAT, _clipped(told[last], images[0]), None, f"{error} is not followed")]
    found = []
    for at, what in chosen.items():
        name = graph.nodes[at].name
        predicted, actual = _clipped(told[at], images[0]), reached[at]
        if actual is None:
            found.append(Compared(what, predicted, None, f"no pixel reaches the centre of {name}"))
            continue
        bound = at not in whole and actual != predicted
        note = f"of the centre of {name}" + (", within the bound" if bound else "")
        found.append(Compared(what, predicted, actual, note, bound))
    return found


def _pixels(analysis: Analysis, node: Node) -> Spans | None:
    """First and last pixel, along each axis, of the field of a volume's centre; None for what is no volume."""
    field: Fields | None = analysis.receptive_fields[node.index]
    if node.shape is None or node.shape.positions < 2 or field is None or len(field) != node.shape.rank:
        return None
    starts = [at.start + (size // 2) * at.stride for at, size in zip(field, node.shape.spatial, strict=True)]
    return [(floor(start), ceil(start) + at.size - 1) for at, start in zip(field, starts, strict=True)]


def _clipped(spans: Spans, image: tuple[int, ...]) -> Spans:
    return [(max(0, first), min(size - 1, last)) for (first, last), size in zip(spans, image, strict=True)]


def _loose(analysis: Analysis) -> set[int]:
    """The nodes whose field is a bound: behind a layer that enlarges, or whose paths step at different strides."""
    found = {one.node for one in analysis.disagreements}
    for node in analysis.graph.layers:
        assert node.fit is not None
        reaches = node.fit.layer.reach(node.fit.inputs)
        whole = all(isinstance(at.stride, int) and isinstance(at.start, int) for at in reaches)
        if not whole or any(at in found for at in node.inputs):
            found.add(node.index)
    return found
