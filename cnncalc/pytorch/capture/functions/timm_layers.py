"""Modules of timm and torchvision that are one layer here, although their code is several functions."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import Unmapped, maps_module
from cnncalc.pytorch.capture.recording import ModuleCall
from cnncalc.pytorch.capture.values import Value, group


@maps_module("timm.layers.grn.GlobalResponseNorm")
def global_response_norm(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = drafting.channels_at(drafting.value(x), module.channel_dim)
    if value.rank < 2:
        raise Unmapped("it works on rows")
    return drafting.elementwise(
        "grn",
        value,
        eps=None if module.eps == 1e-6 else module.eps,
        weights={"weight": drafting.parameter(call, "weight"), "bias": drafting.parameter(call, "bias")},
    )


@maps_module("timm.layers.blur_pool.BlurPool2d")
def blur_pool(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    if module.pad_mode != "reflect":
        raise Unmapped("it pads in another way")
    return blurred(drafting, call, x, module.filt_size, module.stride, module.padding[0])


def blurred(drafting: Drafting, call: ModuleCall, x: Any, kernel: int, stride: int, padding: int) -> Value:
    """`blur_pool`: each channel has a copy of the filter."""
    value = drafting.in_order(drafting.value(x))
    filters = drafting.parameter(call, "filt")
    if filters.shape[0] != value.shape[1]:
        raise Unmapped("all channels have one filter together")
    return drafting.emit(
        "blur_pool",
        [value],
        (*value.axes[:2], *(group((size + 2 * padding - kernel) // stride + 1) for size in value.shape[2:])),
        kernel=None if kernel == 3 else kernel,
        stride=None if stride == 2 else stride,
        weights={"filt": filters},
    )


@maps_module("timm.layers.drop.DropPath", "torchvision.ops.stochastic_depth.StochasticDepth")
def stochastic_depth(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    p = getattr(module, "drop_prob", None)
    p = module.p if p is None else p
    mode = getattr(module, "mode", "row")
    value = drafting.value(x)
    return drafting.elementwise("stochastic_depth", value, p=float(p), mode=None if mode == "row" else mode)
