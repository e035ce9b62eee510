"""Predicted against actual: a graph's figures beside those of the model that is built from it."""

from collections.abc import Callable
from math import ceil, floor
from typing import Any, NamedTuple

import torch
from torch import fx, nn

from cnncalc.analysis import Analysis, Fields
from cnncalc.analysis.kept import kept
from cnncalc.graph import Graph, Node
from cnncalc.pytorch import reach
from cnncalc.pytorch.assemble import build
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.names import Placed, placed
from cnncalc.pytorch.run import OutOfMemory, Run, run
from cnncalc.pytorch.trial import refusals


class Compared(NamedTuple):
    """One figure, twice. `actual` None was not measured, and `note` says why.

    Where `bound` is true, intervals are predicted that hold the actual ones and may be wider.
    """

    what: str
    predicted: Any
    actual: Any
    note: str = ""
    bound: bool = False

    @property
    def ok(self) -> bool | None:
        if self.actual is None:
            return None
        if self.bound:
            pairs = zip(self.predicted, self.actual, strict=True)
            return all(low <= first and last <= high for (low, high), (first, last) in pairs)
        return bool(self.predicted == self.actual)


class LayerCheck(NamedTuple):
    """One layer: its output's shape and type, its parameters and buffers."""

    name: str
    kind: str
    figures: tuple[Compared, ...]

    @property
    def ok(self) -> bool:
        return all(figure.ok is not False for figure in self.figures)


class Verification(NamedTuple):
    """Every comparison of one spec, and what made it."""

    name: str
    device: str
    dtype: str
    batch: int
    training: bool
    layers: tuple[LayerCheck, ...]
    totals: tuple[Compared, ...]
    run: Run

    @property
    def ok(self) -> bool:
        return all(layer.ok for layer in self.layers) and all(total.ok is not False for total in self.totals)


def verify(
    graph: Graph,
    *,
    device: str = "cpu",
    dtype: str = "float32",
    batch: int = 2,
    training: bool = False,
    seed: int = 0,
    step: Callable[[], None] = lambda: None,
) -> Verification:
    """Build a graph's model, run it once, and hold every prediction against it. `step` is called after each layer.

    On the device `meta` nothing is allocated or computed: shapes, parameters, buffers and MACs are compared, and what
    is kept. Raises `Unbuildable` where PyTorch can't do what the spec says, and `Stopped` where it fails on the way.
    """
    if found := faults(graph):
        raise Unbuildable(found)
    if device != "meta":
        refused = refusals(graph, device=device, dtype=dtype, batch=batch, training=training)
        if refused:
            raise Unbuildable(refused)
    analysis = Analysis(graph, batch=batch, dtype=dtype)
    model = built(graph, seed=seed, device=device, dtype=dtype)
    shown = run(model, graph, batch=batch, training=training, seed=seed, step=step)
    steps = placed(graph)
    layers = tuple(_layer(analysis, node, model, steps[node.index], shown, dtype) for node in graph.layers)
    return Verification(
        graph.spec.name or graph.spec.file,
        device,
        dtype,
        batch,
        training,
        layers,
        _totals(analysis, model, shown, device),
        shown,
    )


def built(graph: Graph, *, seed: int, device: str, dtype: str) -> fx.GraphModule:
    """The model, or `OutOfMemory` where its parameters alone are too many."""
    try:
        return build(graph, seed=seed, device=device, dtype=getattr(torch, dtype))
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise OutOfMemory("the parameters", error) from error
        raise


def _layer(
    analysis: Analysis, node: Node, model: nn.Module, steps: tuple[Placed, ...], shown: Run, dtype: str
) -> LayerCheck:
    owned = analysis.parameters[node.index]
    assert node.shape is not None
    assert owned is not None
    actual = shown.seen.get(node.index)
    # What a layer borrows is counted where it is from.
    mine = node.owner == node.index
    modules = [model.get_submodule(step.path) for step in steps if step.path and mine]
    figures = (
        Compared("output", node.shape.torch, actual.shape if actual else ()),
        Compared("dtype", dtype, actual.dtype if actual else ""),
        Compared("params", owned.params, sum(p.numel() for module in modules for p in module.parameters())),
        Compared("buffers", owned.buffers, sum(b.numel() for module in modules for b in module.buffers())),
    )
    return LayerCheck(node.name, node.kind, figures)


def _totals(analysis: Analysis, model: fx.GraphModule, shown: Run, device: str) -> tuple[Compared, ...]:
    sums = analysis.totals
    found = [
        Compared("parameters", sums.params, sum(p.numel() for p in model.parameters())),
        Compared("buffers", sums.buffers, sum(b.numel() for b in model.buffers())),
        Compared("MACs", sums.macs, shown.macs),
    ]
    if shown.kept_bytes is not None:
        told = kept(analysis.graph, analysis.storage, backend=device)
        nbytes = sum(one.nbytes(batch=analysis.batch, dtype=analysis.dtype) for one in told or ())
        found.append(Compared("kept for backward, bytes", nbytes, shown.kept_bytes))
    found += fields(analysis, model)
    nan = Compared("no NaN in the output", True, None, "nothing is computed")
    found.append(nan if shown.nan is None else nan._replace(actual=not shown.nan, note=""))
    return tuple(found)


def fields(analysis: Analysis, model: fx.GraphModule) -> list[Compared]:
    """The pixels that reach the centre of the last volume; and of the last one that sees no border, which ends more."""
    graph, what = analysis.graph, "receptive field"
    images = [node.shape.spatial for node in graph.inputs if node.shape is not None]
    wide = [
        (node, field)
        for node, field in zip(graph.nodes, analysis.receptive_fields, strict=True)
        if not node.is_input
        and node.shape is not None
        and node.shape.positions > 1
        and field is not None
        and len(field) == node.shape.rank
    ]
    if not wide or len(set(images)) > 1:
        note = "the inputs are of several sizes" if wide else "there is no volume of more than one position"
        return [Compared(what, None, None, note)]
    predicted = {node.index: _pixels(node, field) for node, field in wide}
    inside = [
        node for node, field in wide if not _bound(field) and _clipped(predicted[node.index], images[0])[1]
    ]
    chosen = {wide[-1][0].index: wide[-1], **({inside[-1].index: (inside[-1], ())} if inside else {})}
    try:
        reached = reach.seen(model, list(chosen), images)
    except reach.Opaque as error:
        clipped, _ = _clipped(predicted[wide[-1][0].index], images[0])
        return [Compared(what, clipped, None, f"{error} is not followed")]
    found = []
    for index, (node, field) in chosen.items():
        clipped, whole = _clipped(predicted[index], images[0])
        actual = reached[index]
        if actual is None:
            found.append(Compared(what, clipped, None, f"no pixel reaches the centre of {node.name}"))
            continue
        exact = actual == clipped
        note = f"of the centre of {node.name}"
        if not exact and not (whole and not _bound(field)):
            note += ", within the bound"
        found.append(Compared(what, clipped, actual, note, bound=not exact and (_bound(field) or not whole)))
    return found


def _pixels(node: Node, field: Fields) -> list[tuple[int, int]]:
    """First and last pixel, along each axis, of the field of a node's centre."""
    assert node.shape is not None
    starts = [at.start + (size // 2) * at.stride for at, size in zip(field, node.shape.spatial, strict=True)]
    return [(floor(start), ceil(start) + at.size - 1) for at, start in zip(field, starts, strict=True)]


def _clipped(pixels: list[tuple[int, int]], image: tuple[int, ...]) -> tuple[list[tuple[int, int]], bool]:
    """Pixels that are in the image, and whether all were. At a border windows may leave pixels unread."""
    inside = [(max(0, first), min(size - 1, last)) for (first, last), size in zip(pixels, image, strict=True)]
    return inside, inside == pixels


def _bound(field: Fields) -> bool:
    """Whether a field is a bound: layers that enlarge see another number of pixels from output to output."""
    return not all(isinstance(at.stride, int) and isinstance(at.start, int) for at in field)
