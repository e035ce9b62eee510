"""A network and its rewrite with the same weights, on the same images: whether their outputs are equal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_weights, fuse_linear_bn_weights

from cnncalc.graph import Graph, Node
from cnncalc.pytorch.names import placed
from cnncalc.pytorch.run import stopped_at
from cnncalc.pytorch.verify import built
from cnncalc.rewrites import Effect, Rewritten, WeightSource

# The largest difference, as a part of the largest output, that is rounding: sums are taken in another order.
ROUNDING = {"float64": 1e-10, "float32": 1e-4, "float16": 5e-2, "bfloat16": 5e-2}
# In an output that is next to 0, this number of roundings of the network's largest value can add up.
INSIDE = 8
# What runs, in sentences.
ORIGINAL, REWRITE = "the network", "its rewrite"


class OutputPair(NamedTuple):
    """An output of both networks, an image's shape each; `difference` is the largest, as a part of the largest value.

    None where another network is meant, whose values are others.
    """

    name: str
    before: tuple[int, ...]
    after: tuple[int, ...]
    difference: float | None


class RewriteCheck(NamedTuple):
    """Both networks, run: each output, and how much may be rounding in this type."""

    network: str
    rewrite: str
    effect: Effect
    device: str
    dtype: str
    batch: int
    outputs: tuple[OutputPair, ...]
    rounding: float

    @property
    def ok(self) -> bool:
        """Whether every output agrees."""
        return all(self.agrees(pair) for pair in self.outputs)

    def agrees(self, pair: OutputPair) -> bool:
        """Whether an output is equal; of another network, whether its shape is, but for axes of one position."""
        if [size for size in pair.before if size > 1] != [size for size in pair.after if size > 1]:
            return False
        return pair.difference is None or pair.difference <= self.rounding


def check_rewrite(
    graph: Graph,
    rewritten: Rewritten,
    *,
    name: str,
    effect: Effect,
    device: str = "cpu",
    dtype: str = "float32",
    batch: int = 2,
    seed: int = 0,
    note_step: Callable[[str], object] = str,
) -> RewriteCheck:
    """Build both networks, give the rewrite the weights of the other, and run both on the same random images.

    Statistics and scales of norms are random too: as they begin, a norm changes next to nothing. `note_step` is called
    with the name of what runs next. Raises what `cnncalc.pytorch.verify.built` raises, and
    `cnncalc.pytorch.run.Stopped` for errors of PyTorch.
    """
    note_step("the start of the models")
    before = built(graph, seed=seed, device=device, dtype=dtype).eval()
    # From another seed: whatever is not carried over makes the outputs differ.
    after = built(rewritten.graph, seed=seed + 1, device=device, dtype=dtype).eval()
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        vary_norms(before, random)
        if effect == "equal":
            carry(graph, before, rewritten, after)
        images = [
            torch.randn(batch, *node.shape.torch, generator=random).to(device, getattr(torch, dtype))
            for node in graph.inputs
            if node.shape
        ]
        note_step(ORIGINAL)
        with _largest_value(before) as largest:
            old_outputs = outputs_of(before, images, ORIGINAL)
        # Less is rounding of the values inside, for an output that is next to 0 itself: the mean of a norm's output.
        floor = INSIDE * torch.finfo(getattr(torch, dtype)).eps * max(largest, default=0.0)
        note_step(REWRITE)
        pairs = zip(old_outputs, outputs_of(after, images, REWRITE), graph.outputs, strict=True)
        outputs = tuple(
            OutputPair(
                graph.nodes[index].name,
                tuple(old.shape[1:]),
                tuple(new.shape[1:]),
                _difference(old, new, floor / ROUNDING[dtype]) if effect == "equal" else None,
            )
            for old, new, index in pairs
        )
    title = graph.spec.name or graph.spec.file
    return RewriteCheck(title, name, effect, device, dtype, batch, outputs, ROUNDING[dtype])


def carry(graph: Graph, before: fx.GraphModule, rewritten: Rewritten, after: fx.GraphModule) -> None:
    """Give every layer of the new model the parameters and buffers that it takes from the old one's."""
    old_modules, new_modules = _modules(graph, before), _modules(rewritten.graph, after)
    for node in rewritten.graph.layers:
        if node.owner != node.index or not new_modules[node.name]:
            continue
        carried = rewritten.carried.get(node.name)
        if carried is None:
            for old, new in zip(old_modules[node.name], new_modules[node.name], strict=True):
                new.load_state_dict(old.state_dict())
        else:
            _make(carried, old_modules, new_modules[node.name][-1])


def _make(carried: WeightSource, old_modules: dict[str, list[nn.Module]], new: nn.Module) -> None:
    layer: Any = old_modules[carried.layers[0]][-1]
    if carried.how == "reshape":
        state = {
            name: value.reshape(new.state_dict()[name].shape) for name, value in layer.state_dict().items()
        }
        new.load_state_dict(state)
        return
    norm: Any = old_modules[carried.layers[1]][-1]
    fuse: Any = fuse_linear_bn_weights if isinstance(layer, nn.Linear) else fuse_conv_bn_weights
    if isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        fuse = partial(_fused_transposed, layer.groups)
    # PyTorch's function for linear layers needs a factor and a shift, which a norm may not learn.
    mean, variance = norm.running_mean, norm.running_var
    scale = variance.new_ones(variance.shape) if norm.weight is None else norm.weight
    shift = mean.new_zeros(mean.shape) if norm.bias is None else norm.bias
    statistics = (mean, variance, norm.eps, scale, shift)
    weight, bias = fuse(layer.weight, layer.bias, *statistics)
    new.load_state_dict({"weight": weight, "bias": bias})


def _fused_transposed(
    groups: int, weight: Any, bias: Any, mean: Any, variance: Any, eps: float, scale: Any, shift: Any
) -> tuple[Any, Any]:
    """Filters and biases with a norm in them. PyTorch's own function takes no groups of a transposed convolution."""
    factor = (variance + eps).rsqrt() * (1 if scale is None else scale)
    # The filters are (input channels, output channels of a group, ...).
    of_groups = factor.reshape(groups, 1, -1, *(1,) * (weight.dim() - 2))
    fused = (weight.unflatten(0, (groups, -1)) * of_groups).flatten(0, 1)
    return fused, ((0 if bias is None else bias) - mean) * factor + (0 if shift is None else shift)


def _modules(graph: Graph, model: fx.GraphModule) -> dict[str, list[nn.Module]]:
    """By layer, its modules that have parameters or buffers."""
    steps = placed(graph)

    def of(node: Node) -> list[nn.Module]:
        modules = [model.get_submodule(step.path) for step in steps[node.index] if step.path]
        return [module for module in modules if module.state_dict()]

    return {node.name: of(node) for node in graph.layers}


def vary_norms(model: nn.Module, random: torch.Generator) -> None:
    for name, tensor in (*model.named_buffers(), *model.named_parameters()):
        if name.endswith("running_mean"):
            tensor.copy_(torch.randn(tensor.shape, generator=random) / 10)
        elif name.endswith("running_var") or (tensor.dim() == 1 and name.endswith("weight")):
            tensor.copy_(torch.rand(tensor.shape, generator=random) + 0.5)


def outputs_of(model: fx.GraphModule, images: list[torch.Tensor], what: str) -> tuple[torch.Tensor, ...]:
    """The outputs of a model; an error of PyTorch names `what` runs."""
    with stopped_at(lambda: what):
        given = model(*images)
    return given if isinstance(given, tuple) else (given,)


@contextmanager
def _largest_value(model: nn.Module) -> Iterator[list[float]]:
    """The largest value that each module gives while the context lasts."""
    largest: list[float] = []

    def note(module: nn.Module, given: Any, output: Any) -> None:
        if isinstance(output, torch.Tensor) and output.numel():
            largest.append(float(output.abs().max()))

    handles = [module.register_forward_hook(note) for module in model.modules()]
    try:
        yield largest
    finally:
        for handle in handles:
            handle.remove()


def _difference(old: torch.Tensor, new: torch.Tensor, least: float) -> float:
    """The largest difference, as a part of the largest value, or of `least` if all values are smaller."""
    if old.numel() != new.numel():
        return float("inf")
    flat, scale = old.flatten(1).double(), max(float(old.abs().max()), least, 1e-30)
    return float((flat - new.flatten(1).double()).abs().max()) / scale
