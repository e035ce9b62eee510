"""One channel through a module, as an average of what the module reads."""

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
ADAPTIVE = {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d}
# What works value by value, or over channels alone.
POINTWISE = ("activation", "normalization", "batchnorm", "instancenorm", "dropout")
# Modules of our own: those that look at each position alone, and those that only pick positions.
OWN_POINTWISE = (
    "ChannelLayerNorm",
    "ChannelLinear",
    "ChannelShuffle",
    "Chunk",
    "LayerScale",
    "Maxout",
    "PositionEmbedding",
    "StochasticDepth",
)
OWN_SPATIAL = ("Crop", "CropTo", "Mean")
# A weight of an interpolation that is not 0 by more than rounding, in float64, for each position of the input.
LEAST_WEIGHT = 1e-12


class Opaque(Exception):
    """A module of which it is not known here what it reads."""


def through(module: nn.Module, x: Tensor, *others: Tensor) -> Tensor:
    """One channel (batch, 1, *positions) through one module. Raises `Opaque` where the module is not known."""
    rank = x.dim() - 2
    room, name = type(module).__module__.rpartition(".")[2], type(module).__name__
    if room in ("modules", "windows"):
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
        return _interpolated(x, str(module.mode), module.align_corners, module.size, module.scale_factor)
    if room == "padding":
        padding = getattr(module, "padding", None)
        return F.pad(x, padding) if getattr(module, "value", 0) != 0 else module(x)
    if room in POINTWISE or isinstance(module, nn.Identity):
        return x
    raise Opaque(name)


def _through_own(module: Any, name: str, x: Tensor, *others: Tensor) -> Tensor:
    if name in OWN_POINTWISE or (name == "Slice" and module.dim == 1):
        return x
    if name in OWN_SPATIAL or name == "Slice":
        return cast("Tensor", module(x, *others))
    if isinstance(module, nn.Sequential):
        for inside in module:
            x = through(inside, x)
        return x
    match name:
        case "ResizeTo":
            return _interpolated(x, module.mode, module.align_corners, others[0].shape[2:], None)
        case "Permute" if module.dims[1] == 1:
            return x.permute(module.dims)
        case "Reshape":
            return _reshaped(x, module.shape)
        case "ClassToken":
            return F.pad(x, (1, 0))
        case "SelectToken":
            return x.select(2, module.index)
        case "SelfAttention":
            return x.mean(2, keepdim=True).expand_as(x)
        case "PatchMerging":
            rows, columns = module.padding
            return F.avg_pool2d(F.pad(x, (0, columns, 0, rows)), 2)
        case "WindowAttention":
            for axis, sizes in enumerate(zip(module.size, module.window, module.shift, strict=True), 2):
                x = _along(x, axis, _same_window(*sizes))
            return x
    raise Opaque(name)


def _reshaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Channels are not there, so only where they stay, or where nothing is left of positions before or after."""
    _, *positions = shape
    if not positions:
        return x.flatten(1).mean(1, keepdim=True)
    count = x[0, 0].numel()
    if count == 1:
        return x.reshape(-1, 1, *(1,) * len(positions)).expand(-1, 1, *positions)
    if count != torch.Size(positions).numel():
        raise Opaque("Reshape")
    return x.reshape(-1, 1, *positions)


def _interpolated(x: Tensor, mode: str, corners: bool | None, size: Any, factor: Any) -> Tensor:
    """By the weights along each axis, without signs; the nearest in float32, as a network runs."""
    rank = x.dim() - 2
    sizes = (None,) * rank if size is None else _each(size, rank)
    factors = (None,) * rank if factor is None else _each(factor, rank)
    for axis, (to, by) in enumerate(zip(sizes, factors, strict=True), 2):
        lines = torch.eye(x.shape[axis], dtype=torch.float32 if mode == "nearest" else torch.float64)[:, None]
        new: dict[str, Any]
        if mode == "bicubic":
            # It needs two axes: the other stays as it is.
            lines = lines[:, :, None].expand(-1, -1, 4, -1)
            new = {"scale_factor": (1.0, float(by))} if by is not None else {"size": (4, to)}
        else:
            new = {"scale_factor": float(by)} if by is not None else {"size": to}
        new |= {} if mode == "nearest" else {"align_corners": corners}
        single = mode if mode in ("nearest", "bicubic") else "linear"
        weights = F.interpolate(lines, mode=single, **new).flatten(1, -2)[:, 0]
        x = _along(x, axis, (weights.abs() > LEAST_WEIGHT * x.shape[axis]).T)
    return x


def _along(x: Tensor, axis: int, reads: Tensor) -> Tensor:
    """Each position of an axis as the average of those that it reads: `reads` is a row for each of the output."""
    weights = reads.to(x) / reads.sum(1, keepdim=True)
    return (x.movedim(axis, -1) @ weights.T).movedim(-1, axis)


def _same_window(size: int, window: int, shift: int) -> Tensor:
    """Which positions of an axis attend to which: those of one window that were side by side before it was shifted."""
    padded = -(-size // window) * window
    # Where each position lies after the shift, and whether it was among the first, which come last then.
    lies = (torch.arange(size) - shift) % padded
    part = lies // window + padded * (torch.arange(size) < shift)
    return part[:, None] == part


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
    kernel, stride = _each(module.kernel_size, rank), _each(module.stride, rank)
    padding, dilation = (
        _each(getattr(module, "padding", 0), rank),
        _each(getattr(module, "dilation", 1), rank),
    )
    if getattr(module, "ceil_mode", False):
        # The last window hangs over: as many zeros as it reaches out.
        out, ends = tuple(module(x.detach()).shape[2:]), []
        for size, count, k, s, p, d in zip(x.shape[2:], out, kernel, stride, padding, dilation, strict=True):
            ends += [0, max(0, (count - 1) * s + d * (k - 1) + 1 - size - 2 * p)]
        wide = F.pad(x, [end for at in range(rank - 1, -1, -1) for end in ends[2 * at : 2 * at + 2]])
        slid = _window(wide, kernel, stride, padding, dilation)
        for axis, size in enumerate(out, 2):
            slid = slid.narrow(axis, 0, size)
        return slid
    return _window(x, kernel, stride, padding, dilation)


def _each(value: Any, rank: int) -> tuple[Any, ...]:
    """One number for each axis."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank
