"""Receptive fields by gradient: which pixels of the input reach one output, with PyTorch's own windows.

The model is run on one channel: where a value comes from does not depend on how many channels there are. Its
convolutions average, its maxima average, what works value by value is left out; so no gradient can vanish but by
distance, and what is not zero was seen. (Araujo, Norris & Sim 2019 define the field so; Luo et al. 2016 measure it.)
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from cnncalc.pytorch.assemble import INDEX

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
# What works value by value, or over channels alone.
POINTWISE = ("activation", "normalization", "batchnorm", "instancenorm", "dropout")
# Modules of our own: those that look at each position alone, and those that only pick or enlarge positions.
OWN_POINTWISE = (
    "ChannelLayerNorm",
    "ChannelLinear",
    "ChannelShuffle",
    "Chunk",
    "LayerScale",
    "Maxout",
    "StochasticDepth",
)
OWN_SPATIAL = ("Crop", "CropTo", "ResizeTo")


class Opaque(Exception):
    """A module whose reach is not known here."""


class Footprint(fx.Interpreter):
    """Runs a model on one channel, as averages."""

    def __init__(self, model: fx.GraphModule, nodes: set[int]) -> None:
        super().__init__(model)
        self.extra_traceback = False
        self.nodes = nodes
        self.results: dict[int, Tensor] = {}

    def run_node(self, n: fx.Node) -> Any:
        if len(self.results) == len(self.nodes):
            return None
        value = super().run_node(n)
        if (index := n.meta.get(INDEX)) in self.nodes:
            self.results[index] = value
        return value

    def call_module(self, target: Any, args: Any, kwargs: Any) -> Any:
        return through(self.fetch_attr(target), *args)

    def call_function(self, target: Any, args: Any, kwargs: Any) -> Any:
        operands = args[0] if isinstance(args[0], list | tuple) else args
        if target not in (torch.add, torch.mul, torch.cat):
            raise Opaque(getattr(target, "__name__", str(target)))
        tensors = [item for item in operands if isinstance(item, Tensor)]
        # Joined or multiplied: a pixel is seen where any operand sees it. One position is spread over all.
        return sum(tensors[1:], tensors[0])


def through(module: nn.Module, x: Tensor, *others: Tensor) -> Tensor:
    """One channel through one module, as an average of what it reads."""
    rank = x.dim() - 2
    room, name = type(module).__module__.rpartition(".")[2], type(module).__name__
    if room == "modules":
        return _through_own(module, name, x, *others)
    if others:
        raise Opaque(name)
    if isinstance(module, nn.modules.conv._ConvTransposeNd):
        ones = torch.ones((1, 1, *module.kernel_size), dtype=x.dtype)
        padding: Any = module.padding
        return TRANSPOSED[rank](
            x, ones, None, module.stride, padding, module.output_padding, 1, module.dilation
        )
    if isinstance(module, nn.modules.conv._ConvNd):
        return _window(x, module.kernel_size, module.stride, module.padding, module.dilation)
    if room == "pooling":
        return _pooled(module, x)
    if isinstance(module, nn.PixelShuffle):
        return F.interpolate(x, scale_factor=float(module.upscale_factor))
    if isinstance(module, nn.PixelUnshuffle):
        return F.avg_pool2d(x, module.downscale_factor)
    if isinstance(module, nn.Flatten | nn.Linear):
        return x.flatten(1).mean(1, keepdim=True)
    if isinstance(module, nn.Upsample) or room == "padding":
        padding = getattr(module, "padding", None)
        return F.pad(x, padding) if getattr(module, "value", 0) != 0 else module(x)
    if room in POINTWISE or isinstance(module, nn.Identity):
        return x
    raise Opaque(name)


def _through_own(module: nn.Module, name: str, x: Tensor, *others: Tensor) -> Tensor:
    if name in OWN_POINTWISE or (name == "Slice" and module.dim == 1):
        return x
    if name in OWN_SPATIAL or name == "Slice":
        return cast("Tensor", module(x, *others))
    if isinstance(module, nn.Sequential):
        for inside in module:
            x = through(inside, x)
        return x
    raise Opaque(name)


def _window(x: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Tensor:
    if x.dim() - 2 not in CONV:
        raise Opaque("a volume made of features")
    taps = 1
    for size in kernel:
        taps *= size
    ones = torch.full((1, 1, *kernel), 1 / taps, dtype=x.dtype)
    return CONV[x.dim() - 2](x, ones, None, stride, padding, dilation)


def _pooled(module: Any, x: Tensor) -> Tensor:
    rank = x.dim() - 2
    if hasattr(module, "output_size"):
        if not type(module).__name__.startswith("Adaptive"):
            raise Opaque(type(module).__name__)
        return ADAPTIVE[rank](x, module.output_size)
    kernel, stride = _each(module.kernel_size, rank), _each(module.stride, rank)
    padding, dilation = (
        _each(getattr(module, "padding", 0), rank),
        _each(getattr(module, "dilation", 1), rank),
    )
    if getattr(module, "ceil_mode", False):
        # The last window hangs over: as many zeros as it reaches out.
        ends = []
        for size, k, s, p, d in zip(x.shape[2:], kernel, stride, padding, dilation, strict=True):
            ends += [0, (-(size + 2 * p - d * (k - 1) - 1)) % s]
        out = tuple(module(x.detach()).shape[2:])
        wide = F.pad(x, [end for at in range(rank - 1, -1, -1) for end in ends[2 * at : 2 * at + 2]])
        slid = _window(wide, kernel, stride, padding, dilation)
        for axis, size in enumerate(out, 2):
            slid = slid.narrow(axis, 0, size)
        return slid
    return _window(x, kernel, stride, padding, dilation)


def _each(value: Any, rank: int) -> tuple[int, ...]:
    """One number for each axis."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank


def seen(
    model: fx.GraphModule, nodes: Iterable[int], shapes: Sequence[tuple[int, ...]]
) -> dict[int, list[tuple[int, int]] | None]:
    """First and last pixel, along each axis of the inputs, that reach the centre value of nodes' outputs.

    `shapes` are the inputs' spatial sizes, all alike. None where no pixel reaches it. Raises `Opaque` for a model with
    a module that is not known here.
    """
    images = [torch.ones(1, 1, *shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    footprint = Footprint(model, set(nodes))
    footprint.run(*images)
    return {index: _spans(images, value) for index, value in footprint.results.items()}


def _spans(images: Sequence[Tensor], value: Tensor) -> list[tuple[int, int]] | None:
    centre = tuple(size // 2 for size in value.shape[2:])
    told: Sequence[Tensor | None] = torch.autograd.grad(
        value[(0, 0, *centre)], images, retain_graph=True, allow_unused=True
    )
    reached = torch.cat([gradient[0, 0].nonzero() for gradient in told if gradient is not None])
    if not len(reached):
        return None
    return [(int(column.min()), int(column.max())) for column in reached.T]
