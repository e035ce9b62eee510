"""Pools over windows, adaptive and global."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.functions.convolutions import per_axis, short
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group
from cnncalc.shape import Window


def _pool(
    drafting: Drafting,
    type: str,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    dilation: Any = 1,
    **fields: Any,
) -> Value:
    value = drafting.in_order(drafting.value(input))
    rank = value.rank
    kernel = per_axis(kernel_size, rank)
    strides = kernel if stride is None or stride == [] else per_axis(stride, rank)
    pads, rates = per_axis(padding, rank), per_axis(dilation, rank)
    sizes = [
        Window(size, window, step, pad, pad, rate, bool(ceil_mode)).output
        for size, window, step, pad, rate in zip(value.shape[2:], kernel, strides, pads, rates, strict=True)
    ]
    return drafting.emit(
        type,
        [value],
        (*value.axes[:2], *map(group, sizes)),
        kernel=short(kernel),
        stride=short(strides),
        padding=short(pads, 0),
        dilation=short(rates, 1),
        rounding="ceil" if ceil_mode else None,
        **fields,
    )


@maps("max_pool1d", "max_pool2d", "max_pool3d")
def max_pool(
    drafting: Drafting,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Value:
    return _pool(drafting, "maxpool", input, kernel_size, stride, padding, ceil_mode, dilation)


@maps("avg_pool1d", "avg_pool2d", "avg_pool3d")
def avg_pool(
    drafting: Drafting,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: Any = None,
) -> Value:
    if divisor_override is not None:
        raise Unmapped("its sum is divided by another number than the size of its window")
    included = None if count_include_pad else False
    return _pool(
        drafting, "avgpool", input, kernel_size, stride, padding, ceil_mode, count_include_pad=included
    )


def _adaptive(drafting: Drafting, kind: str, input: Any, output_size: Any) -> Value:
    value = drafting.in_order(drafting.value(input))
    given = per_axis(output_size, value.rank)
    sizes = [size if wanted is None else wanted for size, wanted in zip(value.shape[2:], given, strict=True)]
    axes = (*value.axes[:2], *map(group, sizes))
    if set(sizes) == {1}:
        return drafting.emit(f"global_{kind}", [value], axes)
    return drafting.emit(f"adaptive_{kind}", [value], axes, output_size=short(sizes))


@maps("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d")
def adaptive_avg_pool(drafting: Drafting, input: Any, output_size: Any) -> Value:
    return _adaptive(drafting, "avgpool", input, output_size)


@maps("adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d")
def adaptive_max_pool(
    drafting: Drafting, input: Any, output_size: Any, return_indices: bool = False
) -> Value:
    return _adaptive(drafting, "maxpool", input, output_size)


def numbers(given: Any) -> Sequence[int]:
    """Numbers from one or several."""
    return [given] if isinstance(given, int) else list(given)
