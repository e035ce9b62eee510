"""How often a side can be halved: by itself, and by the layers of a network that halve it."""

from collections.abc import Sequence

from cnncalc.analysis import Analysis
from cnncalc.graph import BoundLayer, Graph
from cnncalc.record import NamedTuple
from cnncalc.sizing.trials import Trials
from cnncalc.vocabulary.families import POOLING
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.traits import steps
from cnncalc.vocabulary.window import Windowed


class Halvings(NamedTuple):
    """The sizes of a side before and after each halving, and what stops it: a layer, and the size that it reads.

    `size` is None for a layer that does not fit: another one before a halving, or a window larger than what it reads.
    """

    side: int
    sizes: tuple[tuple[int, int], ...]
    layer: str | None = None
    size: int | None = None

    @property
    def times(self) -> int:
        """How often the side is halved without a remainder."""
        return len(self.sizes)


class NetworkHalvings(NamedTuple):
    """The layers that halve a network's input, one step after the other, and what each side makes of them.

    Layers that halve the same volumes, as the branches of a module do, are one step. `others` are layers with another
    stride, and their strides.
    """

    steps: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, int], ...]
    sides: tuple[Halvings, ...]


def halvings(side: int) -> Halvings:
    """A side, halved until it is odd: `32, 16, 8, 4, 2, 1`."""
    sizes = []
    left = side
    while left % 2 == 0:
        sizes.append((left, left // 2))
        left //= 2
    return Halvings(side, tuple(sizes))


def network_halvings(trials: Trials, sides: Sequence[int]) -> NetworkHalvings:
    """The sides as every side of the input, each in the network that is built for it."""
    graphs = [trials.network((side,) * len(trials.own)) for side in sides]
    whole = next((graph for graph in (trials.graph, *graphs) if graph.whole), trials.graph)
    halving, others = _stepping(whole)
    sizes = (_halved(graph, side, halving) for graph, side in zip(graphs, sides, strict=True))
    return NetworkHalvings(halving, others, tuple(sizes))


def _stepping(graph: Graph) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, int], ...]]:
    """The layers of stride 2, by the stride of what they read, and those of a larger stride."""
    fields = Analysis(graph).receptive_fields
    halving: dict[object, list[str]] = {}
    others = []
    for node in graph.layers:
        if not node.inputs:
            continue
        before, after = fields[node.inputs[0]], fields[node.index]
        if node.fit is None or node.shape is None or not node.shape.rank or not before or not after:
            continue
        if not _has_stride(node.fit):
            continue
        stride = max(
            (new.stride / old.stride for new, old in zip(after, before, strict=False) if old.stride),
            default=1,
        )
        if stride == 2:
            halving.setdefault(before[0].stride, []).append(node.name)
        elif stride > 2:
            others.append((node.name, int(stride)))
    return tuple(map(tuple, halving.values())), tuple(others)


def _has_stride(fit: BoundLayer) -> bool:
    """Whether the layer makes a volume smaller by a stride, not to a given size."""
    if isinstance(fit.layer, Windowed):
        return True
    return (
        fit.layer.family != POOLING
        and not isinstance(fit.layer, Interpolation)
        and steps(fit.layer, fit.inputs)
    )


def _halved(graph: Graph, side: int, halving: tuple[tuple[str, ...], ...]) -> Halvings:
    """The sizes along the first axis, up to the first layer that leaves a remainder."""
    sizes: list[tuple[int, int]] = []
    for names in halving:
        fits = [(name, graph[name].fit) for name in names if name in graph]
        known = [(name, fit) for name, fit in fits if fit is not None]
        if not known:
            unknown = next((node.name for node in graph.layers if node.shape is None), None)
            return Halvings(side, tuple(sizes), unknown)
        for name, fit in known:
            if (size := _remaining(fit)) is not None:
                return Halvings(side, tuple(sizes), name, size if _fits(fit) else None)
        _, fit = known[0]
        assert fit.output is not None
        sizes.append((fit.inputs[0].spatial[0], fit.output.spatial[0]))
    return Halvings(side, tuple(sizes))


def _fits(fit: BoundLayer) -> bool:
    """Whether at least one window fits, with or without a remainder."""
    return not isinstance(fit.layer, Windowed) or all(
        window.output > 0 for window in fit.layer.windows(fit.inputs[0])
    )


def _remaining(fit: BoundLayer) -> int | None:
    """The first size that a layer does not halve without remainder; None if there is none.

    With padding a window fits nearly every size: there an odd size is not halved, but rounded up.
    """
    volume = fit.inputs[0]
    if fit.output is None:
        return volume.spatial[0]
    windows = fit.layer.windows(volume) if isinstance(fit.layer, Windowed) else [None] * volume.rank
    for size, after, window in zip(volume.spatial, fit.output.spatial, windows, strict=True):
        exact = window is not None and window.stride != 2
        exact |= 2 * after == size
        exact |= window is not None and not window.remainder and not (window.before or window.after)
        if not exact:
            return size
    return None
