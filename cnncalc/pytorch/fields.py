"""Predicted receptive fields beside the pixels that gradients reach."""

from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import NamedTuple

from torch import fx

from cnncalc.analysis import Analysis, Fields
from cnncalc.graph import Node
from cnncalc.layers import Reach
from cnncalc.pytorch import reach
from cnncalc.pytorch.compared import Compared

Spans = list[tuple[int, int]]
WHAT, INSIDE = "receptive field", "receptive field inside the image"


class Doubt(NamedTuple):
    """How a field may differ from what is said of it.

    `slack` is by how many pixels, along each axis, it may lie beside: a layer that enlarges reads whole positions and
    its field is told in parts of them, so it may be off by as many pixels as there are from one to the next. `fixed`
    are pixels that every position sees: where one position scales or shifts all the others.
    """

    slack: tuple[int | Fraction, ...]
    fixed: Spans | None

    @property
    def exact(self) -> bool:
        return self.fixed is None and not any(self.slack)


def fields(analysis: Analysis, model: fx.GraphModule) -> list[Compared]:
    """The pixels that reach the centre of the last volume, and of the last one whose field is inside the image.

    At a border the image ends a field, and windows may leave pixels there unread: outside of it the prediction is a
    bound. So it is where `Doubt` is.
    """
    graph = analysis.graph
    images = [node.shape.spatial for node in graph.inputs if node.shape is not None]
    volumes = [node for node in graph.layers if node.shape is not None and node.shape.positions > 1]
    if not volumes or len(set(images)) > 1:
        note = (
            "the inputs are of several sizes" if volumes else "there is no volume of more than one position"
        )
        return [Compared(WHAT, None, None, note)]
    doubts = _doubts(analysis)
    told = {node.index: _pixels(analysis, node, doubts[node.index]) for node in volumes}
    last = volumes[-1].index
    if (predicted := told[last]) is None:
        note = f"no one field is that of {volumes[-1].name}: paths differ in strides, or axes have changed"
        return [Compared(WHAT, None, None, note)]
    whole = [
        at
        for at, spans in told.items()
        if (doubt := doubts[at]) and doubt.exact and spans and _clipped(spans, images[0]) == spans
    ]
    chosen = {last: WHAT} | ({whole[-1]: INSIDE} if whole and whole[-1] != last else {})
    try:
        reached = reach.seen(model, chosen, images)
    except reach.Opaque as error:
        return [Compared(WHAT, _clipped(predicted, images[0]), None, f"{error} is not followed")]
    found = []
    for at, what in chosen.items():
        name = graph.nodes[at].name
        clipped, actual = _clipped(told[at] or [], images[0]), reached[at]
        if actual is None:
            found.append(Compared(what, clipped, None, f"no pixel reaches the centre of {name}"))
            continue
        bound = at not in whole and actual != clipped
        note = f"of the centre of {name}" + (", within the bound" if bound else "")
        found.append(Compared(what, clipped, actual, note, bound))
    return found


def _pixels(analysis: Analysis, node: Node, doubt: Doubt | None) -> Spans | None:
    """First and last pixel, along each axis, of the field of a volume's centre; None where it is not known."""
    field: Fields | None = analysis.receptive_fields[node.index]
    if doubt is None or node.shape is None or field is None or len(field) != node.shape.rank:
        return None
    starts = [at.start + (size // 2) * at.stride for at, size in zip(field, node.shape.spatial, strict=True)]
    spans = [
        (floor(start - more), ceil(start + more) + at.size - 1)
        for at, start, more in zip(field, starts, doubt.slack, strict=True)
    ]
    return _hull(spans, doubt.fixed) if doubt.fixed else spans


def _hull(one: Spans, other: Spans) -> Spans:
    return [(min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(one, other, strict=True)]


def _clipped(spans: Spans, image: tuple[int, ...]) -> Spans:
    return [(max(0, first), min(size - 1, last)) for (first, last), size in zip(spans, image, strict=True)]


def _doubts(analysis: Analysis) -> list[Doubt | None]:
    """Of every node how exact its field is; None where paths differ in strides, or axes have changed."""
    disagreeing = {one.node for one in analysis.disagreements}
    found: list[Doubt | None] = []
    for node in analysis.graph.nodes:
        before = [found[at] for at in node.inputs]
        if node.index in disagreeing or None in before or analysis.receptive_fields[node.index] is None:
            found.append(None)
        else:
            found.append(_doubt(analysis, node, [one for one in before if one is not None]))
    return found


def _doubt(analysis: Analysis, node: Node, before: list[Doubt]) -> Doubt | None:
    field = analysis.receptive_fields[node.index] or ()
    if node.fit is None or not before:
        return Doubt((0,) * len(field), None)
    slack = tuple(map(max, zip(*(one.slack for one in before), strict=True)))
    steps = analysis.receptive_fields[node.inputs[0]] or ()
    reaches = node.fit.layer.reach(node.fit.inputs)
    if reaches and len(reaches) != len(steps):
        # Features, or an axis that is no longer the image's.
        return None
    if reaches:
        more = (0 if _whole(one) else at.stride for one, at in zip(reaches, steps, strict=True))
        slack = tuple(old + own for old, own in zip(slack, more, strict=True))
    fixed = [one.fixed for one in before if one.fixed]
    positions = [shape.positions for shape in node.fit.inputs]
    for at, doubt, count in zip(node.inputs, before, positions, strict=True):
        if (
            count == 1
            and max(positions) > 1
            and (spans := _pixels(analysis, analysis.graph.nodes[at], doubt))
        ):
            fixed.append(spans)
    return Doubt(slack, reduce(_hull, fixed) if fixed else None)


def _whole(reach: Reach) -> bool:
    return isinstance(reach.stride, int) and isinstance(reach.start, int)
