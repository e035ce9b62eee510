"""Convolutions, transposed convolutions and linear layers."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.filters import computed
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group


def per_axis(given: Any, rank: int) -> tuple[int, ...]:
    """One number for each axis."""
    numbers = (given,) if isinstance(given, int) else tuple(given)
    return numbers * rank if len(numbers) == 1 else numbers


def short(numbers: Sequence[int], default: Any = None) -> Any:
    """Numbers for each axis as a spec has them: one if all are equal, None if that is the default."""
    if len(set(numbers)) > 1:
        return list(numbers)
    return None if numbers[0] == default else numbers[0]


def sides(before: Sequence[int], after: Sequence[int]) -> Any:
    """Padding at both ends of each axis as a spec has it."""
    if list(before) == list(after):
        return short(before, 0)
    words = {1: (("left", "right"),), 2: (("top", "bottom"), ("left", "right"))}.get(
        len(before), (("front", "back"), ("top", "bottom"), ("left", "right"))
    )
    named = {}
    for (first, last), start, end in zip(words, before, after, strict=True):
        named |= {word: size for word, size in ((first, start), (last, end)) if size}
    return named


@maps("conv1d", "conv2d", "conv3d")
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
    value = drafting.in_order(drafting.value(input))
    shape = filters.shape
    rank = len(shape) - 2
    if value.rank != rank:
        raise Unmapped("its input has no batch")
    own_bias = None if bias is None else drafting.weight(bias, "its bias")
    kernel, strides, dilations = shape[2:], per_axis(stride, rank), per_axis(dilation, rank)
    pads: Any
    if padding == "same":
        total = [rate * (size - 1) for rate, size in zip(dilations, kernel, strict=True)]
        pads = sides([size // 2 for size in total], [size - size // 2 for size in total])
    else:
        pads = short(per_axis(0 if padding == "valid" else padding, rank), 0)
    sizes = _sizes(value.shape[2:], kernel, strides, dilations, padding)
    axes = (value.axes[0], group(shape[0]), *map(group, sizes))
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
        padding=pads,
        dilation=short(dilations, 1),
        groups=None if groups == 1 or depthwise else groups,
        bias=own_bias is not None,
        weights={**filters.weights, "bias": own_bias},
        **filters.fields,
    )


def _sizes(
    sizes: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int], padding: Any
) -> list[int]:
    if padding == "same":
        return list(sizes)
    pads = per_axis(0 if padding == "valid" else padding, len(sizes))
    return [
        (size + 2 * pad - rate * (window - 1) - 1) // step + 1
        for size, window, step, rate, pad in zip(sizes, kernel, strides, dilations, pads, strict=True)
    ]


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
    matrix = drafting.weight(weight)
    if len(matrix.shape) != 2:
        raise Unmapped("its weight is no matrix")
    own_bias = None if bias is None else drafting.weight(bias, "its bias")
    value = drafting.value(input)
    units = group(matrix.shape[0])
    if len(value.dims) == 2 and value.dims == (value.axes[0], flat(value.axes[1:])):
        # `fc` reads all values of an image.
        return drafting.emit(
            "fc",
            [value],
            (value.axes[0], units),
            units=matrix.shape[0],
            bias=own_bias is not None,
            weights={"weight": matrix, "bias": own_bias},
        )
    value = drafting.channels_at(value, -1)
    if len(value.dims) == 2 and value.rank:
        value = drafting.in_order(value)
    return drafting.emit(
        "linear" if value.rank else "fc",
        [value],
        (value.axes[0], units, *value.axes[2:]),
        (*value.dims[:-1], units),
        units=matrix.shape[0],
        bias=own_bias is not None,
        weights={"weight": matrix, "bias": own_bias},
    )
