"""Predicted and actual figures: those of a graph, and those of the model built from it."""

import torch
from torch import fx, nn

from cnncalc.analysis import Analysis
from cnncalc.analysis.kept import kept
from cnncalc.graph import Graph, Node
from cnncalc.pytorch.assemble import build
from cnncalc.pytorch.compared import Compared
from cnncalc.pytorch.fields import fields
from cnncalc.pytorch.fitness import Unbuildable, faults
from cnncalc.pytorch.names import Placed, placed
from cnncalc.pytorch.outcome import SILENT, Follower, LayerCheck, MeasuredRun, Verification
from cnncalc.pytorch.run import DeviceOutOfMemory, run
from cnncalc.pytorch.trial import refusals


def verify(
    graph: Graph,
    *,
    device: str = "cpu",
    dtype: str = "float32",
    batch: int = 2,
    training: bool = False,
    seed: int = 0,
    follower: Follower = SILENT,
) -> Verification:
    """Builds the model of a graph, runs it once, and compares every prediction with it.

    On the device `meta` nothing is allocated or computed: shapes, parameters, buffers, MACs and kept tensors are
    compared. Raises `Unbuildable` if PyTorch cannot build the spec, and `Stopped` if it fails during the run.
    """
    if diagnostics := faults(graph):
        raise Unbuildable(diagnostics)
    # On `meta` nothing is computed: there PyTorch refuses only a single value to normalise.
    if device != "meta" or (training and batch == 1):
        refused = refusals(
            graph, device=device, dtype=dtype, batch=batch, training=training, follower=follower
        )
        if refused:
            raise Unbuildable(refused)
    analysis = Analysis(graph, batch=batch, dtype=dtype)
    follower.at("the model, as it is built")
    model = built(graph, seed=seed, device=device, dtype=dtype)
    shown = run(
        model,
        graph,
        batch=batch,
        training=training,
        device=device,
        dtype=getattr(torch, dtype),
        seed=seed,
        follower=follower,
    )
    follower.at("the receptive fields")
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
    """The model, or `DeviceOutOfMemory` if its parameters alone are too large."""
    try:
        return build(graph, seed=seed, device=device, dtype=getattr(torch, dtype))
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error):
            raise DeviceOutOfMemory("the parameters", error) from error
        raise


def _layer(
    analysis: Analysis,
    node: Node,
    model: nn.Module,
    steps: tuple[Placed, ...],
    shown: MeasuredRun,
    dtype: str,
) -> LayerCheck:
    owned = analysis.parameters[node.index]
    assert node.shape is not None
    assert owned is not None
    actual = shown.seen.get(node.index)
    # Shared weights are counted at the layer that owns them.
    mine = node.owner == node.index
    modules = [model.get_submodule(step.path) for step in steps if step.path and mine]
    figures = (
        Compared("output", node.shape.torch, actual.shape if actual else ()),
        Compared("dtype", dtype, actual.dtype if actual else ""),
        Compared("params", owned.params, sum(p.numel() for module in modules for p in module.parameters())),
        Compared("buffers", owned.buffers, sum(b.numel() for module in modules for b in module.buffers())),
    )
    return LayerCheck(node.name, node.kind, figures)


def _totals(
    analysis: Analysis, model: fx.GraphModule, shown: MeasuredRun, device: str
) -> tuple[Compared, ...]:
    sums = analysis.totals
    figures = [
        Compared("parameters", sums.params, sum(p.numel() for p in model.parameters())),
        Compared("buffers", sums.buffers, sum(b.numel() for b in model.buffers())),
        Compared("MACs", sums.macs, shown.macs),
    ]
    if shown.kept_bytes is not None:
        kept_tensors = kept(
            analysis.graph,
            analysis.storage,
            backend=device,
            alone=analysis.batch == 1,
            dtype=analysis.dtype,
        )
        nbytes = sum(
            tensor.nbytes(batch=analysis.batch, dtype=analysis.dtype) for tensor in kept_tensors or ()
        )
        bytes_kept = Compared("kept for backward, bytes", nbytes, shown.kept_bytes)
        if device == "meta" and analysis.dtype in ("float16", "bfloat16"):
            # Without a device PyTorch behaves as on a GPU: statistics have the wider type there.
            bytes_kept = bytes_kept._replace(actual=None, note=f"{analysis.dtype} differs by device")
        figures.append(bytes_kept)
        figures.append(Compared("kept and overwritten", 0, shown.overwritten))
    figures += fields(analysis, model)
    nan = Compared("no NaN in the output", True, None, "nothing is computed")
    figures.append(nan if shown.nan is None else nan._replace(actual=not shown.nan, note=""))
    return tuple(figures)
