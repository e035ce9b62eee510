"""Predicted receptive fields compared with the pixels that gradients reach, at every kind of position."""

from collections.abc import Iterator
from typing import NamedTuple

from torch import fx

from cnncalc.analysis import Analysis, Fields, Inexact
from cnncalc.analysis.positions import TooLarge, ends
from cnncalc.analysis.walk import Untraceable
from cnncalc.exact import counted
from cnncalc.graph import Node
from cnncalc.pytorch import reach
from cnncalc.pytorch.compared import Compared
from cnncalc.pytorch.reach import Position, Spans

WHAT, INSIDE = "receptive field", "receptive field inside the image"
# The most positions of a volume that are compared.
MOST = 256


class FieldCase(NamedTuple):
    """A position and its predicted field. If the border of the image cuts the field, `inside` is false."""

    position: Position
    spans: Spans
    inside: bool


def fields(analysis: Analysis, model: fx.GraphModule) -> list[Compared]:
    """The pixels that reach the last volume, and the last volume whose fields are inside the image.

    For each volume, the positions around the centre, one for every phase of the field. If the field of a position
    reaches past the image, the part inside is predicted layer by layer, with the borders of each.
    """
    graph = analysis.graph
    images = [node.shape.spatial for node in graph.inputs if node.shape is not None]
    volumes = [node for node in graph.layers if node.shape is not None and node.shape.positions > 1]
    if not volumes or len(set(images)) > 1:
        note = (
            "the inputs are of several sizes" if volumes else "there is no volume with more than one position"
        )
        return [Compared(WHAT, None, None, note)]
    if graph.histories:
        return [Compared(WHAT, None, None, "the image that the inputs are features of is not there")]
    last = volumes[-1]
    if (why := _unknown(analysis.field_exactness[last.index])) is not None:
        return [Compared(WHAT, None, None, why)]
    chosen = {WHAT: (last, list(_cases(analysis, last)))}
    if not all(case.inside for case in chosen[WHAT][1]):
        for node in reversed(volumes[:-1]):
            if analysis.field_exactness[node.index] is not None or not _may_be_inside(analysis, node):
                continue
            cases = list(_cases(analysis, node))
            if cases and all(case.inside for case in cases):
                chosen[INSIDE] = (node, cases)
                break
    wanted = {node.index: [case.position for case in cases] for node, cases in chosen.values() if cases}
    try:
        reached = reach.seen(model, wanted, images)
    except reach.Opaque as error:
        return [Compared(WHAT, None, None, f"{error} cannot be followed")]
    return [
        _compared(what, node, cases, reached.get(node.index, [])) for what, (node, cases) in chosen.items()
    ]


def _unknown(exactness: Inexact | None) -> str | None:
    """Why there is no exact field to compare."""
    if exactness is None:
        return None
    if exactness.status == "bound":
        return f"{exactness.layer} reads more in some runs or places"
    return f"the field is unknown from {exactness.layer} on"


def _compared(what: str, node: Node, cases: list[FieldCase], reached: list[Spans]) -> Compared:
    """The first position that differs from its prediction, or the first of all."""
    pairs = list(zip(cases, reached, strict=True))
    if not pairs:
        return Compared(what, None, None, f"{node.name} reads copies of the border of its input")
    wrong = [(case, spans) for case, spans in pairs if case.spans != spans]
    # A position that sees nothing, as predicted, is less useful than another one.
    case, actual = (wrong or sorted(pairs, key=lambda pair: pair[1] is None))[0]
    position = ", ".join(map(str, case.position))
    note = f"of {node.name} at {position}"
    if len(pairs) > 1:
        note += f"; {len(wrong) or 'all'} of {counted(len(pairs), 'position')}" + (
            " differ from the prediction" if wrong else ""
        )
    if actual is None and case.spans is None:
        return Compared(what, None, None, f"no pixel reaches {node.name} at {position}")
    return Compared(what, case.spans, actual if actual is not None else "none", note)


def _cases(analysis: Analysis, node: Node) -> Iterator[FieldCase]:
    """The positions to compare, with the pixels that they see inside the image."""
    assert node.shape is not None
    fields = analysis.receptive_fields[node.index]
    assert fields is not None
    for position in _positions(fields, node.shape.spatial):
        bits = tuple(1 << coordinate for coordinate in position)
        try:
            walks = [work.walk(analysis.graph, node.index, bits) for work in analysis.fieldworks]
        except (Untraceable, TooLarge):
            continue
        if any(walk.beyond or (walk.outside and walk.most) for walk in walks):
            continue
        seen = [ends(pixels) for pixels in map(_either, *(walk.pixels for walk in walks))]
        known = [span for span in seen if span is not None]
        spans = known if len(known) == len(seen) else None
        inside = not any(walk.outside for walk in walks)
        if inside:
            printed = [field.at(0 if field.axis is None else position[field.axis]) for field in fields]
            known = [span for span in printed if span is not None]
            spans = known if len(known) == len(printed) else None
        yield FieldCase(position, spans, inside)


def _either(*sets: int) -> int:
    total = 0
    for values in sets:
        total |= values
    return total


def _positions(fields: Fields, sizes: tuple[int, ...]) -> list[Position]:
    """Positions around the centre, one for each phase along every axis; at most `MOST`."""
    phases = [1] * len(sizes)
    for field in fields:
        if field.axis is not None:
            phases[field.axis] = max(phases[field.axis], min(len(field.phases), sizes[field.axis]))
    count = min(MOST, max(phases))
    disagreements = []
    for turn in range(count):
        steps = (turn * max(phases) // count % each for each in phases)
        disagreements.append(
            tuple(min(size - each, size // 2 - each // 2) + step if size > each else step
                  for size, each, step in zip(sizes, phases, steps, strict=True))
        )  # fmt: skip
    return disagreements


def _may_be_inside(analysis: Analysis, node: Node) -> bool:
    """Whether the fields in the middle of a volume can be inside the image: a quick check."""
    fields = analysis.receptive_fields[node.index]
    if node.shape is None or not fields:
        return False
    for field in fields:
        span = field.at(0 if field.axis is None else node.shape.spatial[field.axis] // 2)
        if span is None or span[0] < 0 or span[1] >= field.image:
            return False
    return True
