"""One channel through a module, which averages all values that it reads."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.pytorch.reads import Opaque as Opaque
from cnncalc.pytorch.reads import OwnModule, each, interpolated

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
# PyTorch's files with modules that are elementwise, or work only over channels.
POINTWISE = frozenset(
    file.__name__
    for file in (
        nn.modules.activation,
        nn.modules.normalization,
        nn.modules.batchnorm,
        nn.modules.instancenorm,
        nn.modules.dropout,
    )
)


def through(module: nn.Module, *operands: Tensor) -> Tensor:
    """One channel (batch, 1, *positions) through one module. Raises `Opaque` for an unknown module."""
    if not operands:
        assert isinstance(module, OwnModule)
        return module.unread()
    return _through(module, *operands)


def _through(module: nn.Module, x: Tensor, *others: Tensor) -> Tensor:
    rank = x.dim() - 2
    room, name = type(module).__module__.rpartition(".")[2], type(module).__name__
    if isinstance(module, OwnModule):
        return module.averaged(x, *others)
    if isinstance(module, nn.Sequential):
        for inside in module:
            x = _through(inside, x)
        return x
    if others:
        raise Opaque(name)
    if isinstance(module, nn.modules.conv._ConvTransposeNd):
        ones = torch.ones((1, 1, *module.kernel_size), dtype=x.dtype)
        padding: Any = module.padding
        return TRANSPOSED[rank](
            x, ones, None, module.stride, padding, module.output_padding, 1, module.dilation
        )
    if isinstance(module, nn.modules.conv._ConvNd):
        sides: Any = module.padding
        if module.padding_mode != "zeros":
            x = F.pad(x, [side for side in reversed(sides) for _ in range(2)], mode=module.padding_mode)
            sides = 0
        return _window(x, module.kernel_size, module.stride, sides, module.dilation)
    if room == "pooling":
        return _pooled(module, x)
    if isinstance(module, nn.PixelShuffle):
        for axis in range(2, x.dim()):
            x = x.repeat_interleave(module.upscale_factor, axis)
        return x
    if isinstance(module, nn.PixelUnshuffle):
        return F.avg_pool2d(x, module.downscale_factor)
    if isinstance(module, nn.Flatten) and module.start_dim == 2:
        return x.flatten(2)
    if isinstance(module, nn.Flatten | nn.Linear):
        return x.flatten(1).mean(1, keepdim=True)
    if isinstance(module, nn.Upsample):
        size, factor = module.size, module.scale_factor
        if module.recompute_scale_factor and factor is not None:
            # Positions follow from the sizes alone.
            pairs = zip(x.shape[2:], each(factor, rank), strict=True)
            size, factor = tuple(int(size * by) for size, by in pairs), None
        return interpolated(x, str(module.mode), module.align_corners, size, factor)
    if room == "padding":
        padding = getattr(module, "padding", None)
        return F.pad(x, padding) if getattr(module, "value", 0) != 0 else module(x)
    if isinstance(module, nn.Softmax | nn.LogSoftmax) and module.dim is not None and module.dim > 1:
        return x.mean(module.dim, keepdim=True).expand_as(x)
    if type(module).__module__ in POINTWISE or isinstance(module, nn.Identity):
        return x
    raise Opaque(name)


def _window(x: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Tensor:
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
    kernel, stride = each(module.kernel_size, rank), each(module.stride, rank)
    padding, dilation = (
        each(getattr(module, "padding", 0), rank),
        each(getattr(module, "dilation", 1), rank),
    )
    if getattr(module, "ceil_mode", False):
        # The last window reaches past the input: this many zeros are added.
        given = module(x.detach())
        # A pooling whose indices are read returns them too.
        out, ends = tuple((given[0] if isinstance(given, tuple) else given).shape[2:]), []
        for size, count, k, s, p, d in zip(x.shape[2:], out, kernel, stride, padding, dilation, strict=True):
            ends += [0, max(0, (count - 1) * s + d * (k - 1) + 1 - size - 2 * p)]
        wide = F.pad(x, [end for index in range(rank - 1, -1, -1) for end in ends[2 * index : 2 * index + 2]])
        slid = _window(wide, kernel, stride, padding, dilation)
        for axis, size in enumerate(out, 2):
            slid = slid.narrow(axis, 0, size)
        return slid
    return _window(x, kernel, stride, padding, dilation)
