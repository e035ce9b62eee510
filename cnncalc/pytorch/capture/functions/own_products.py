"""cnncalc's own modules that multiply: products of volumes, and separable convolutions."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped, maps_module
from cnncalc.pytorch.capture.recording import ModuleCall
from cnncalc.pytorch.capture.scores import TURNED
from cnncalc.pytorch.capture.values import Value, group, size_of
from cnncalc.pytorch.capture.windows import drops_input, padding_field, short
from cnncalc.shape import Window

_OWN = "cnncalc.pytorch.own"


@maps_module(f"{_OWN}.products.Matmul")
def matmul(drafting: Drafting, call: ModuleCall, x: Any, y: Any) -> Value:
    module: Any = call.module
    if module.learned is not None:
        raise Unmapped("one of its operands has no batch")
    first, second = drafting.in_order(drafting.value(x)), drafting.in_order(drafting.value(y))
    columns = group(size_of(flat(second.axes[2:])) if module.second else second.shape[1])
    spatial = (first.axes[1],) if module.first else first.axes[2:]
    axes = (first.axes[0], columns, *spatial)
    return drafting.emit("matmul", [first, second], axes, transpose=TURNED[module.first, module.second])


@maps_module(f"{_OWN}.channels.SeparableConv")
def separable_conv(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    filters, points = module.depthwise, module.pointwise
    if filters.padding_mode != "zeros" or isinstance(filters.padding, str):
        raise Unmapped("it pads in another way than with zeros")
    value = drafting.in_order(drafting.value(x))
    pads = [(pad, pad) for pad in filters.padding]
    windows = [
        Window(size, kernel, step, *pad, rate)
        for size, kernel, step, pad, rate in zip(
            value.shape[2:], filters.kernel_size, filters.stride, pads, filters.dilation, strict=True
        )
    ]
    multiplier = filters.out_channels // filters.in_channels
    names = (
        "depthwise.weight",
        "pointwise.weight",
        *(("pointwise.bias",) if points.bias is not None else ()),
    )
    return drafting.emit(
        "separable_conv",
        [value],
        (value.axes[0], group(points.out_channels), *(group(window.output) for window in windows)),
        filters=points.out_channels,
        multiplier=None if multiplier == 1 else multiplier,
        kernel=short(filters.kernel_size, 1),
        stride=short(filters.stride, 1),
        padding=padding_field(pads, windows),
        allow=drops_input(windows),
        dilation=short(filters.dilation, 1),
        bias=points.bias is not None,
        weights={name: drafting.parameter(call, name) for name in names},
    )
