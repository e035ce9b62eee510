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
    value = drafting.in_order(drafting.value(x))
    size, stride = module.filt_size, module.stride
    if module.pad_mode != "reflect":
        raise Unmapped("it pads in another way")
    padded = module.padding
    sizes = [
        (length + before + after - size) // stride + 1
        for length, (before, after) in zip(
            value.shape[2:], ((padded[2], padded[3]), (padded[0], padded[1])), strict=True
        )
    ]
    return drafting.emit(
        "blur_pool",
        [value],
        (*value.axes[:2], *map(group, sizes)),
        kernel=None if size == 3 else size,
        stride=None if stride == 2 else stride,
    )


@maps_module("timm.layers.drop.DropPath", "torchvision.ops.stochastic_depth.StochasticDepth")
def stochastic_depth(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    p = getattr(module, "drop_prob", None)
    p = module.p if p is None else p
    mode = getattr(module, "mode", "row")
    value = drafting.value(x)
    return drafting.elementwise("stochastic_depth", value, p=float(p), mode=None if mode == "row" else mode)
