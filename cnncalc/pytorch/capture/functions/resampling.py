"""Other spatial sizes: interpolation, and channels that become positions."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group
from cnncalc.pytorch.capture.windowed import rolled_back
from cnncalc.pytorch.capture.windows import short

MODES = ("nearest", "linear", "bilinear", "bicubic", "trilinear")


@maps("interpolate", "upsample")
def interpolate(
    drafting: Drafting,
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Value:
    value = drafting.in_order(drafting.value(input))
    if mode not in MODES or antialias:
        raise Unmapped(f"the mode {mode}{' with antialias' if antialias else ''}")
    fields: dict[str, Any] = {
        "mode": None if mode == "nearest" else mode,
        "align_corners": True if align_corners else None,
    }
    rank = value.rank
    if size is not None:
        sizes = [size] * rank if isinstance(size, int) else list(size)
        if not all(isinstance(item, int) for item in sizes):
            raise Unmapped("its size is a tensor")
        return drafting.emit(
            "resize", [value], (*value.axes[:2], *map(group, sizes)), size=short(sizes), **fields
        )
    if not isinstance(scale_factor, int | float | list):
        raise Unmapped("its factor is a tensor")
    factors = [scale_factor] * rank if isinstance(scale_factor, int | float) else list(scale_factor)
    sizes = [int(size * factor) for size, factor in zip(value.shape[2:], factors, strict=True)]
    whole = [int(factor) if float(factor).is_integer() else factor for factor in factors]
    return drafting.emit(
        "upsample" if all(factor >= 1 for factor in factors) else "resize",
        [value],
        (*value.axes[:2], *map(group, sizes)),
        scale=short(whole),
        recompute=True if recompute_scale_factor else None,
        **fields,
    )


@maps("pixel_shuffle")
def pixel_shuffle(drafting: Drafting, input: Any, upscale_factor: int) -> Value:
    value = drafting.in_order(drafting.value(input))
    channels, *sizes = value.shape[1:]
    axes = (
        value.axes[0],
        group(channels // upscale_factor**2),
        *(group(size * upscale_factor) for size in sizes),
    )
    return drafting.emit("pixel_shuffle", [value], axes, upscale_factor=upscale_factor)


@maps("pixel_unshuffle")
def pixel_unshuffle(drafting: Drafting, input: Any, downscale_factor: int) -> Value:
    value = drafting.in_order(drafting.value(input))
    channels, *sizes = value.shape[1:]
    axes = (
        value.axes[0],
        group(channels * downscale_factor**2),
        *(group(size // downscale_factor) for size in sizes),
    )
    return drafting.emit("pixel_unshuffle", [value], axes, downscale_factor=downscale_factor)


@maps("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(drafting: Drafting, input: Any, groups: int) -> Value:
    value = drafting.channels_at(drafting.value(input), 1)
    return drafting.elementwise("channel_shuffle", value, groups=groups)


@maps("roll")
def roll(drafting: Drafting, input: Any, shifts: Any, dims: Any = None) -> Value:
    value = drafting.value(input)
    if dims is None:
        raise Unmapped("it rolls all values as one row")
    moved = [shifts] if isinstance(shifts, int) else list(shifts)
    which = [dims] if isinstance(dims, int) else list(dims)
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    axes = [value.axis(dim) for dim in which]
    by_axis = [0] * value.rank
    for axis, dim, shift in zip(axes, which, moved, strict=True):
        if axis is None and value.shape[dim] == 1:
            continue
        if axis is None or axis < 2:
            raise Unmapped("it rolls what is no spatial axis")
        size = value.shape[dim]
        by_axis[axis - 2] = shift % size
    if (whole := rolled_back(drafting, value, by_axis)) is not None:
        return whole
    return drafting.elementwise("roll", value, shift=short(by_axis))
