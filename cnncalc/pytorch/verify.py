"""Predicted against actual: a graph's figures beside those of the model that is built from it."""

from typing import Any, NamedTuple

import torch
from torch import fx, nn

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph, Node
from cnncalc.pytorch import reach
from cnncalc.pytorch.assemble import build
from cnncalc.pytorch.names import module_paths
from cnncalc.pytorch.run import Run, run


class Compared(NamedTuple):
    """One figure, twice. `actual` None was not measured, and `note` says why."""

    what: str
    predicted: Any
    actual: Any
    note: str = ""

    @property
    def ok(self) -> bool | None:
        return None if self.actual is None else bool(self.predicted == self.actual)


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
) -> Verification:
    """Build a graph's model, run it once, and hold every prediction against it.

    On the device `meta` nothing is allocated or computed: shapes, parameters, buffers and MACs are compared.
    Raises `Unbuildable` where PyTorch can't do what the spec says.
    """
    analysis = Analysis(graph, batch=batch, dtype=dtype)
    model = build(graph, seed=seed, device=device, dtype=getattr(torch, dtype))
    if device != "meta":
        torch.manual_seed(seed)
    shown = run(model, graph, batch=batch, training=training)
    paths = module_paths(graph)
    layers = tuple(_layer(analysis, node, model, paths[node.index], shown, dtype) for node in graph.layers)
    return Verification(
        graph.spec.name or graph.spec.file,
        device,
        dtype,
        batch,
        training,
        layers,
        _totals(analysis, model, shown, dtype),
        shown,
    )


def _layer(analysis: Analysis, node: Node, model: nn.Module, path: str, shown: Run, dtype: str) -> LayerCheck:
    owned = analysis.parameters[node.index]
    assert node.shape is not None
    assert owned is not None
    actual = shown.seen.get(node.index)
    modules = [] if node.owner != node.index else _modules(model, path)
    figures = (
        Compared("output", node.shape.torch, actual.shape if actual else ()),
        Compared("dtype", dtype, actual.dtype if actual else ""),
        Compared("params", owned.params, sum(p.numel() for module in modules for p in module.parameters())),
        Compared("buffers", owned.buffers, sum(b.numel() for module in modules for b in module.buffers())),
    )
    return LayerCheck(node.name, node.kind, figures)


def _modules(model: nn.Module, path: str) -> list[nn.Module]:
    """The module at a path; none for a function."""
    try:
        return [model.get_submodule(path)]
    except AttributeError:
        return []


def _totals(analysis: Analysis, model: fx.GraphModule, shown: Run, dtype: str) -> tuple[Compared, ...]:
    sums = analysis.totals
    found = [
        Compared("parameters", sums.params, sum(p.numel() for p in model.parameters())),
        Compared("buffers", sums.buffers, sum(b.numel() for b in model.buffers())),
        Compared("MACs", sums.macs, shown.macs),
    ]
    if shown.kept_bytes is not None:
        kept = analysis.kept
        told = (
            sum(one.nbytes(batch=analysis.batch, dtype=dtype) for one in kept) if kept is not None else None
        )
        found.append(Compared("kept for backward, bytes", told, shown.kept_bytes))
    found.append(_field(analysis, model))
    found.append(
        Compared(
            "finite output", True, shown.finite, "" if shown.finite is not None else "nothing is computed"
        )
    )
    return tuple(found)


def _field(analysis: Analysis, model: fx.GraphModule) -> Compared:
    """The pixels that reach the centre of the last volume of more than one position."""
    graph = analysis.graph
    wide = [node for node in graph.layers if node.shape is not None and node.shape.positions > 1]
    what = "receptive field"
    if not wide or any(node.shape is None or not node.shape.rank for node in graph.inputs):
        return Compared(what, None, None, "there is no volume of more than one position")
    node = wide[-1]
    field = analysis.receptive_fields[node.index]
    first = graph.inputs[0].shape
    assert node.shape is not None
    assert first is not None
    if field is None or len(field) != node.shape.rank:
        return Compared(what, None, None, "it is not known")
    told = []
    for size, at, image in zip(node.shape.spatial, field, first.spatial, strict=True):
        start = at.start + (size // 2) * at.stride
        told.append((max(0, int(start)), min(image - 1, int(start) + at.size - 1)))
    shapes = [one.shape.spatial for one in graph.inputs if one.shape is not None]
    try:
        reached = reach.seen(model, node.index, shapes)
    except reach.Opaque as error:
        return Compared(what, told, None, f"{error} is not followed")
    exact = all(isinstance(at.stride, int) and isinstance(at.start, int) for at in field)
    if not exact and all(a[0] <= b[0] and b[1] <= a[1] for a, b in zip(told, reached, strict=True)):
        # A layer that enlarges sees another number of pixels from one output to the next: the field is their bound.
        return Compared(what, told, told, "within the bound")
    return Compared(what, told, reached, f"of the centre of {node.name}")
