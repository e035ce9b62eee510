"""Weights of a source in the model that is built from its spec: which tensor is which, and how it changes."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from cnncalc.graph import Graph
from cnncalc.importers import Draft, Taken
from cnncalc.pytorch.names import Placed, own, placed

# Between the names of tensors that are joined along their first axis.
JOINED = " + "
# The buffer that counts the batches of a norm: it changes no value.
COUNTER = "num_batches_tracked"


class NotCarried(ValueError):
    """A weight of the spec that no tensor of the source can be."""


class CarriedWeight(NamedTuple):
    """A parameter or buffer of our model, by its name in the state dict, and the tensor of the source that it is."""

    name: str
    of: Taken
    # The node of the graph, and the tensor's name in its layer.
    node: int
    role: str


def carried(draft: Draft, graph: Graph, matched: Mapping[str, int]) -> list[CarriedWeight]:
    """Every tensor that goes from the source to the model of `graph`.

    `matched` is the index of each node of the draft in `graph`. Raises `NotCarried` for a learned weight that has no
    tensor of the source, for one that has none of its size, and for a tensor of another name than the layer's.
    """
    steps = placed(graph)
    carried: list[CarriedWeight] = []
    for node in draft.nodes:
        index = matched[node.name]
        fit, owner = graph.nodes[index].fit, graph.nodes[index].owner
        assert fit is not None
        weights = {weight.name: weight.shape for weight in fit.layer.weights(fit.inputs)}
        sizes = weights | {buffer.name: buffer.shape for buffer in fit.layer.buffers(fit.inputs)}
        if owner != index or graph.nodes[index].opaque:
            # It has the tensors of its owner, which carries them; or it is not built.
            continue
        name = graph.nodes[index].name
        if unknown := [role for role in node.weights if role not in sizes]:
            raise NotCarried(f"`{name}` has no tensor `{unknown[0]}`")
        if missing := [role for role in weights if role not in node.weights]:
            raise NotCarried(f"no tensor of the source is `{missing[0]}` of `{name}`")
        for role, taken in node.weights.items():
            carried.append(CarriedWeight(f"{_path(steps[index])}.{role}", taken, index, role))
    return carried


def _path(steps: tuple[Placed, ...]) -> str:
    """The path of the module that has a layer's weights."""
    return steps[own(tuple(step.call for step in steps))].path


def named_tensors(module: nn.Module) -> dict[str, Tensor]:
    """Every parameter and buffer of a module by each of its names: those that are not saved too."""
    return dict(
        (*module.named_parameters(remove_duplicate=False), *module.named_buffers(remove_duplicate=False))
    )


def share_weights(model: fx.GraphModule, source: nn.Module, all_carried: list[CarriedWeight]) -> None:
    """Give our model the tensors of the source: the same memory where the shapes agree, so nothing is held twice.

    Raises `NotCarried` for a tensor that the source does not have, or that has another size.
    """
    theirs, ours = named_tensors(source), named_tensors(model)
    for name, of, _, _ in all_carried:
        target = ours[name]
        value = changed(of, theirs)
        if value.numel() != target.numel():
            raise NotCarried(f"`{name}` has {tuple(target.shape)}, `{of.name}` {tuple(value.shape)}")
        target.data = value.detach().reshape(target.shape).to(target.dtype).contiguous()


def changed(taken: Taken, tensors: Mapping[str, Tensor]) -> Tensor:
    """The tensor of the source as a layer has it, up to its shape.

    Steps of a change are `transpose` (the last two axes), `permute 1 0 2` (all axes, or those that are longer than 1),
    `reshape SIZES`, `slice AXIS START STOP`, `flip AXIS`, and `blocks AXIS 0 2 3 1` (an axis in equal blocks, in
    another order).
    Raises `NotCarried` for a name that the source does not have, and for another step.
    """
    try:
        parts = [tensors[name] for name in taken.name.split(JOINED)]
    except KeyError as error:
        raise NotCarried(f"the source has no tensor {error}") from None
    value = parts[0] if len(parts) == 1 else torch.cat(parts)
    for step in filter(None, taken.change.split("; ")):
        value = _step(value, *step.split())
    return value


def _step(value: Tensor, name: str, *numbers: str) -> Tensor:
    match name, [int(number) for number in numbers]:
        case "transpose", []:
            return value.transpose(-1, -2)
        case "permute", order:
            axes = value.shape if len(order) == value.dim() else [size for size in value.shape if size > 1]
            return value.reshape(axes).permute(order)
        case "reshape", sizes:
            return value.reshape(sizes)
        case "slice", [axis, start, stop]:
            return value.narrow(axis, start, stop - start)
        case "flip", [axis]:
            return value.flip(axis)
        case "blocks", [axis, *order]:
            blocks = value.chunk(len(order), axis)
            return torch.cat([blocks[index] for index in order], axis)
    raise NotCarried(f"`{' '.join((name, *numbers))}` is no change of a tensor that is known")


def weights_map(all_carried: list[CarriedWeight]) -> dict[str, Any]:
    """Which tensor of ours is which of theirs: a name, or a name with how it changes. For `--weights`."""

    def entries() -> Iterator[tuple[str, Any]]:
        for item in all_carried:
            changed = {"name": item.of.name, "change": item.of.change}
            yield item.name, changed if item.of.change or JOINED in item.of.name else item.of.name

    return dict(entries())
