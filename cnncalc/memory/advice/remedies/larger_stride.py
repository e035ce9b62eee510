"""A larger stride in an early layer: every volume after it has a quarter of the values."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.layers import stated
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import StrideRaised
from cnncalc.memory.advice.remedies._edits import argument, edited_way, rebuilt
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way, largest_saving
from cnncalc.memory.advice.remedies._remedy import Remedy
from cnncalc.spec import LayerItem
from cnncalc.vocabulary.window import Windowed, axiswise

# Layers that are tried, from the first on: later ones have little left to save.
TRIED = 6


class LargerStride(Remedy):
    """Twice the stride in the layer where that saves most, of the convolutions and poolings written in the spec."""

    changes_network: ClassVar[bool] = True
    harm: ClassVar[Harm] = Harm.NETWORK

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        yield from largest_saving(case.tried(way for node in _early(case) for way in _ways(case, node)))


def _early(case: RemedyCase) -> Iterator[Node]:
    """The first layers with a stride of their own: not those that a block or a repetition has several of."""
    strided = [
        node
        for node in case.graph.layers
        if isinstance(node.item, LayerItem)
        and node.call is node.item.call
        and node.fit is not None
        and isinstance(node.fit.layer, Windowed)
        and "stride" in stated(type(node.fit.layer))
    ]
    uses = Counter(id(node.item) for node in strided)
    return islice((node for node in strided if uses[id(node.item)] == 1), TRIED)


def _ways(case: RemedyCase, node: Node) -> Iterator[Way]:
    item, fit = node.item, node.fit
    assert isinstance(item, LayerItem)
    assert fit is not None
    assert isinstance(fit.layer, Windowed)
    windows = fit.layer.windows(fit.inputs[0])
    now = tuple(window.stride for window in windows)
    wanted = tuple(2 * stride for stride in now)
    # A window that is narrower than its step would leave rows of its input unread.
    if any(window.extent < stride for window, stride in zip(windows, wanted, strict=True)):
        return
    edit = argument(case, item, "stride", _written(wanted))
    if edit is None:
        return
    strided = rebuilt(case, f"{item.layer.key}: stride: {_written(wanted)}", (edit,))
    if strided is not None and _has_strides(strided.graph, item, wanted):
        yield from edited_way(case, StrideRaised(node.name, now, wanted), strided)


def _has_strides(graph: Graph, item: LayerItem, wanted: tuple[int, ...]) -> bool:
    """Whether the layer has these strides, wherever its line of the spec is in use."""
    layers = [
        node.fit.layer
        for node in graph.layers
        if isinstance(node.item, LayerItem) and node.item.span == item.span and node.kind == item.layer.key
        if node.fit is not None
    ]
    return bool(layers) and all(
        isinstance(layer, Windowed) and axiswise(getattr(layer, "stride", None) or 0, len(wanted)) == wanted
        for layer in layers
    )


def _written(strides: tuple[int, ...]) -> str:
    """As a spec has it: `2`, or `[2, 1]` where axes differ."""
    return str(strides[0]) if len(set(strides)) == 1 else f"[{', '.join(map(str, strides))}]"
