"""Parameters, buffers and MACs of a source's module against those of its spec."""

import torch
from torch import Tensor, nn

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from cnncalc.importers import Draft
from cnncalc.pytorch.compared import Compared
from cnncalc.pytorch.proof.running import count_macs
from cnncalc.pytorch.proof.weights import COUNTER, JOINED

# Names in a note at most; the others are counted.
SHOWN = 3


def figures(
    draft: Draft,
    graph: Graph,
    source: nn.Module,
    model: nn.Module | None = None,
) -> tuple[tuple[Compared, ...], tuple[str, ...]]:
    """The figures of both, and notes on what the source has beside them.

    MACs are compared with what PyTorch's counter counts. Where it counts something else, and `model` is the built spec,
    this is counted too: the counter leaves some products out.
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
    compared.append(_macs(totals.macs, _images(draft, source), source, model))
    return tuple(item if item.predicted is not None else _unknown(item) for item in compared), tuple(notes)


def _unknown(item: Compared) -> Compared:
    return item._replace(actual=None, note="unknown in the spec")


def _counts(name: str, taken: set[str]) -> bool:
    """Whether a buffer of the source is one of a layer: one that a layer takes, or the counter of such a norm."""
    path, _, own = name.rpartition(".")
    beside = f"{path}." if path else ""
    return name in taken or (own == COUNTER and f"{beside}running_mean" in taken)


def _macs(
    predicted: int | None, images: list[Tensor], source: nn.Module, model: nn.Module | None
) -> Compared:
    actual = count_macs(source, images)
    if actual is None:
        return Compared("MACs", predicted, None, "the source did not run")
    if predicted != actual and model is not None and count_macs(model, images) == actual:
        note = f"PyTorch's counter counts {actual:,} in both, which is not all of them"
        return Compared("MACs", predicted, None, note)
    return Compared("MACs", predicted, actual)


def _images(draft: Draft, source: nn.Module) -> list[Tensor]:
    """Images of zeros on the device of the source: one for each input, or two for the norms of a module in training."""
    first = next(source.parameters(), None)
    device = first.device if first is not None else torch.device("cpu")
    count = 2 if source.training else 1
    return [torch.zeros(count, *shape.torch, device=device) for shape in draft.inputs.values()]


def _listed(names: list[str]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown
