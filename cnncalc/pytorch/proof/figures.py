"""Parameters, buffers and MACs of a source's module against those of its spec."""

import torch
from torch import nn

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from cnncalc.importers import Draft
from cnncalc.pytorch.compared import Compared
from cnncalc.pytorch.proof.running import run_once
from cnncalc.pytorch.proof.weights import COUNTER, JOINED

# Names in a note at most; the others are counted.
SHOWN = 3


def figures(
    draft: Draft,
    graph: Graph,
    source: nn.Module,
    macs: int | float | None,
    ours: int | float | None = None,
) -> tuple[tuple[Compared, ...], tuple[str, ...]]:
    """The figures of both, and notes on what the source has beside them.

    `macs` are those of the source as PyTorch's counter counts them; None: they are counted here, on the device of the
    module, if it runs there. `ours` are those of the built spec by the same counter, which does not count everything.
    """
    totals, notes = Analysis(graph).totals, []
    parameters = dict(source.named_parameters())
    unused = {name for name in draft.unused if name in parameters}
    used = sum(tensor.numel() for name, tensor in parameters.items() if name not in unused)
    if unused:
        count = sum(parameters[name].numel() for name in unused)
        notes.append(f"{count:,} parameters are not read in this mode: {_listed(sorted(unused))}")
    compared = [Compared("parameters", totals.params, used)]
    taken = {name for node in draft.nodes for of in node.weights.values() for name in of.name.split(JOINED)}
    buffers = dict(source.named_buffers())
    kept = {name: tensor.numel() for name, tensor in buffers.items() if _counts(name, taken)}
    constants = sorted(buffers.keys() - kept.keys())
    if constants:
        count = sum(buffers[name].numel() for name in constants)
        notes.append(f"{count:,} values in buffers are of no layer: {_listed(constants)}")
    compared.append(Compared("buffers", totals.buffers, sum(kept.values())))
    if macs is None:
        macs = _counted(draft, graph, source)
    mine = totals.macs
    if ours is not None and macs is not None and ours == macs != mine:
        note = f"PyTorch counts {macs:,} in both: not everything"
        compared.append(Compared("MACs", mine, None, note))
    else:
        compared.append(Compared("MACs", mine, macs, "" if macs is not None else "the source did not run"))
    return tuple(item if item.predicted is not None else _unknown(item) for item in compared), tuple(notes)


def _unknown(item: Compared) -> Compared:
    return item._replace(actual=None, note="unknown in the spec")


def _counts(name: str, taken: set[str]) -> bool:
    """Whether a buffer of the source is one of a layer: one that a layer takes, or the counter of such a norm."""
    path, _, own = name.rpartition(".")
    beside = f"{path}." if path else ""
    return name in taken or (own == COUNTER and f"{beside}running_mean" in taken)


def _counted(draft: Draft, graph: Graph, source: nn.Module) -> int | float | None:
    """The products of the source, for one image; None if it does not run."""
    first = next((tensor for tensor in source.parameters()), None)
    device = first.device if first is not None else torch.device("cpu")
    images = [torch.zeros(2, *shape.torch, device=device) for shape in draft.inputs.values()]
    try:
        return run_once(source, images).macs
    except Exception:
        return None


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown
