"""A larger stride in an early layer: every volume after it has fewer values."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import stated
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import StrideRaised
from cnncalc.memory.advice.remedies._edits import argument, can_be_edited, edited_way, rebuilt
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way, best_of
from cnncalc.memory.advice.remedies._remedy import Remedy
from cnncalc.spec import LayerItem
from cnncalc.vocabulary.window import Windowed, axiswise

# Layers that are tried, from the first on: later ones have little left to save; and how many of them are suggested.
TRIED, SUGGESTED = 6, 3
# Strides that are tried in one layer.
STRIDES = 4

Strides = tuple[int, ...]


class LargerStride(Remedy):
    """The layers where a larger stride saves most, of the convolutions and poolings that are written once.

    In each the smallest stride that makes the batch fit. Where none does, or it fits already, it is twice the stride,
    or the smallest that is valid. A stride is at most as large as the window: a larger one would leave rows unread.
    """

    changes_network: ClassVar[bool] = True
    harm: ClassVar[Harm] = Harm.NETWORK

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        strided = [node for node in case.graph.layers if _has_stride(node)]
        uses = Counter(id(node.item) for node in strided)
        early = [node for node in strided if uses[id(node.item)] == 1 and _can_be_written(case, node)][
            : case.tries(TRIED)
        ]
        case.not_tried[self.key] = len(strided) - len(early)
        yield from best_of((outcome for node in early for outcome in _of_layer(case, node)), SUGGESTED)


def _has_stride(node: Node) -> bool:
    """Whether a layer has a stride that can be larger, written in its own item."""
    return (
        isinstance(node.item, LayerItem)
        and node.call is node.item.call
        and node.fit is not None
        and isinstance(node.fit.layer, Windowed)
        and "stride" in stated(type(node.fit.layer))
        and bool(_larger(node))
    )


def _can_be_written(case: RemedyCase, node: Node) -> bool:
    """Whether an edit of the spec gives this layer another stride, and only this one."""
    assert isinstance(node.item, LayerItem)
    return can_be_edited(case, node.item) and "stride" not in node.item.call.computed


def _larger(node: Node) -> list[Strides]:
    """The larger strides that the windows of a layer allow, ascending: all axes grow alike.

    Of many these: twice the stride, the next ones, and the largest.
    """
    assert node.fit is not None
    assert isinstance(node.fit.layer, Windowed)
    windows = node.fit.layer.windows(node.fit.inputs[0])
    now = tuple(window.stride for window in windows)
    least = min(now, default=0)
    if not least:
        return []
    # Axes keep their ratio where it can be kept: [2, 1] becomes [4, 2].
    larger = {
        tuple(stride * step // least for stride in now)
        for step in range(least + 1, max(window.extent for window in windows) + 1)
        if all(stride * step % least == 0 for stride in now)
    }
    allowed = sorted(
        strides
        for strides in larger
        if all(window.extent >= stride for window, stride in zip(windows, strides, strict=True))
    )
    twice = [strides for strides in allowed if strides == tuple(2 * stride for stride in now)]
    return sorted({*twice, *allowed[: STRIDES - 2], *allowed[-1:]})


def _of_layer(case: RemedyCase, node: Node) -> Iterator[RemedyOutcome]:
    """The outcome of the stride that is suggested for one layer."""
    assert node.fit is not None
    assert isinstance(node.fit.layer, Windowed)
    now = tuple(window.stride for window in node.fit.layer.windows(node.fit.inputs[0]))
    strides = [strides for strides in _larger(node) if _runs(node.fit, strides)]
    twice = tuple(2 * stride for stride in now)
    usual = sorted(strides, key=lambda given: given != twice)
    if not case.now.fits:
        # The larger the stride, the less memory: where the largest is not enough, none is.
        most = next(
            (outcome for given in reversed(strides) for outcome in case.tried(_ways(case, node, now, given))),
            None,
        )
        if most is not None and most.need.fits:
            ascending = (
                outcome for given in strides for outcome in case.tried(_ways(case, node, now, given))
            )
            yield next((outcome for outcome in ascending if outcome.need.fits), most)
            return
    for given in usual:
        for outcome in case.tried(_ways(case, node, now, given)):
            yield outcome
            return


def _runs(fit: BoundLayer, strides: Strides) -> bool:
    """Whether the layer by itself takes its input with these strides: nothing of it is lost."""
    kind = type(fit.layer)
    fields = {name: getattr(fit.layer, name) for name in stated(kind)}
    other = BoundLayer(kind(**fields | {"stride": strides}), fit.inputs)
    return other.output is not None and not any(problem.doubtful for problem in other.problems)


def _ways(case: RemedyCase, node: Node, now: Strides, wanted: Strides) -> Iterator[Way]:
    item = node.item
    assert isinstance(item, LayerItem)
    edit = argument(case, item, "stride", _written(wanted))
    if edit is None:
        return
    strided = rebuilt(case, f"{item.layer.key}: stride: {_written(wanted)}", (edit,))
    if strided is not None and _has_strides(strided.graph, item, wanted):
        yield from edited_way(case, StrideRaised(node.name, now, wanted), strided)


def _has_strides(graph: Graph, item: LayerItem, wanted: Strides) -> bool:
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


def _written(strides: Strides) -> str:
    """As a spec has it: `2`, or `[2, 1]` where axes differ."""
    return str(strides[0]) if len(set(strides)) == 1 else f"[{', '.join(map(str, strides))}]"
