"""Convolutions, transposed convolutions and linear layers."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.filters import computed, matrix
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group
from cnncalc.pytorch.capture.windowed import join
from cnncalc.pytorch.capture.windows import before_window, drops_input, padding_field, per_axis, short
from cnncalc.shape import Window


@maps("conv1d", "conv2d", "conv3d", pending=True)
def convolution(
    drafting: Drafting,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Value:
    filters = computed(drafting, weight)
    shape = filters.shape
    rank = len(shape) - 2
    value, padded = before_window(drafting, input, rank, 0.0, padding)
    if value.rank != rank:
        raise Unmapped("its input has no batch")
    own_bias = None if bias is None else drafting.weight(bias, "its bias")
    kernel, strides, dilations = shape[2:], per_axis(stride, rank), per_axis(dilation, rank)
    if padding == "same":
        total = [rate * (size - 1) for rate, size in zip(dilations, kernel, strict=True)]
        pads = [(size // 2, size - size // 2) for size in total]
    elif padded is not None:
        pads = list(padded)
    else:
        pads = [(pad, pad) for pad in per_axis(0 if padding == "valid" else padding, rank)]
    windows = [
        Window(size, window, step, *pad, rate)
        for size, window, step, pad, rate in zip(
            value.shape[2:], kernel, strides, pads, dilations, strict=True
        )
    ]
    axes = (value.axes[0], group(shape[0]), *(group(window.output) for window in windows))
    depthwise = groups > 1 and groups == value.shape[1]
    count = shape[0] // groups
    return drafting.emit(
        "depthwise_conv" if depthwise else "conv",
        [value],
        axes,
        filters=None if depthwise else shape[0],
        multiplier=count if depthwise and count > 1 else None,
        kernel=short(kernel, 1),
        stride=short(strides, 1),
        padding=padding_field(pads, windows),
        allow=drops_input(windows),
        dilation=short(dilations, 1),
        groups=None if groups == 1 or depthwise else groups,
        bias=own_bias is not None,
        weights={**filters.weights, "bias": own_bias},
        **filters.fields,
    )


@maps("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def transposed(
    drafting: Drafting,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Value:
    value = drafting.in_order(drafting.value(input))
    filters = drafting.weight(weight, "its filters")
    own_bias = None if bias is None else drafting.weight(bias, "its bias")
    rank = len(filters.shape) - 2
    if value.rank != rank:
        raise Unmapped("its input has no batch")
    kernel = filters.shape[2:]
    strides, pads, more, rates = (
        per_axis(given, rank) for given in (stride, padding, output_padding, dilation)
    )
    sizes = [
        (size - 1) * step - 2 * pad + rate * (window - 1) + extra + 1
        for size, step, pad, rate, window, extra in zip(
            value.shape[2:], strides, pads, rates, kernel, more, strict=True
        )
    ]
    count = filters.shape[1] * groups
    return drafting.emit(
        "conv_transpose",
        [value],
        (value.axes[0], group(count), *map(group, sizes)),
        filters=count,
        kernel=short(kernel, 1),
        stride=short(strides, 1),
        padding=short(pads, 0),
        output_padding=short(more, 0),
        dilation=short(rates, 1),
        groups=None if groups == 1 else groups,
        bias=own_bias is not None,
        weights={"weight": filters, "bias": own_bias},
    )


@maps("linear")
def linear(drafting: Drafting, input: Any, weight: Any, bias: Any = None) -> Value:
    rows = matrix(drafting, weight)
    own_bias = None if bias is None else drafting.weight(bias, "its bias")
    value = drafting.value(input)
    if value.node in drafting.open and not drafting.open[value.node].is_joined:
        return join(drafting, value, drafting.weight(weight), own_bias)
    units = group(rows.shape[0])
    if value.dims == (value.axes[0], value.axes[1]) and not flat(value.axes[2:]):
        # `fc` reads features, and a volume with one position.
        return drafting.emit(
            "fc",
            [value],
            (value.axes[0], units),
            units=rows.shape[0],
            bias=own_bias is not None,
            weights={**rows.weights, "bias": own_bias},
            **rows.fields,
        )
    value = drafting.channels_at(value, -1)
    if len(value.dims) == 2 and value.rank:
        value = drafting.in_order(value)
    return drafting.emit(
        "linear" if value.rank else "fc",
        [value],
        (value.axes[0], units, *value.axes[2:]),
        (*value.dims[:-1], units),
        units=rows.shape[0],
        bias=own_bias is not None,
        weights={**rows.weights, "bias": own_bias},
        **rows.fields,
    )
