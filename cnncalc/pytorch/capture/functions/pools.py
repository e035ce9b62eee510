"""Pools over windows, adaptive and global."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group
from cnncalc.pytorch.capture.windows import (
    NOTHING,
    before_window,
    drops_input,
    padding_field,
    per_axis,
    short,
)
from cnncalc.shape import Window


def windowed_pool(
    drafting: Drafting,
    type: str,
    input: Any,
    rank: int,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    dilation: Any = 1,
    **fields: Any,
) -> Value:
    """A pool over windows along `rank` axes; what pads its input may be a part of it."""
    # Only a maximum can read padding that is no zero.
    fill = NOTHING if type == "maxpool" else 0.0
    value, padded = before_window(drafting, input, rank, fill, padding if type == "maxpool" else None)
    kernel = per_axis(kernel_size, rank)
    strides = kernel if stride is None or stride == [] else per_axis(stride, rank)
    pads = padded or [(pad, pad) for pad in per_axis(padding, rank)]
    rates = per_axis(dilation, rank)
    windows = [
        Window(size, window, step, *pad, rate, bool(ceil_mode))
        for size, window, step, pad, rate in zip(value.shape[2:], kernel, strides, pads, rates, strict=True)
    ]
    return drafting.emit(
        type,
        [value],
        (*value.axes[:2], *(group(window.output) for window in windows)),
        kernel=short(kernel),
        stride=short(strides),
        padding=padding_field(pads, windows),
        allow=drops_input(windows),
        dilation=short(rates, 1),
        rounding="ceil" if ceil_mode else None,
        **fields,
    )


def _windowed(rank: int) -> None:
    @maps(f"max_pool{rank}d", pending=True)
    def max_pool(
        drafting: Drafting,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> list[Value | None]:
        value = windowed_pool(
            drafting, "maxpool", input, rank, kernel_size, stride, padding, ceil_mode, dilation
        )
        return [value, None]

    @maps(f"avg_pool{rank}d")
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
        return windowed_pool(
            drafting,
            "avgpool",
            input,
            rank,
            kernel_size,
            stride,
            padding,
            ceil_mode,
            count_include_pad=included,
        )


for _rank in (1, 2, 3):
    _windowed(_rank)


def _adaptive(drafting: Drafting, kind: str, input: Any, output_size: Any) -> Value:
    value = drafting.in_order(drafting.value(input))
    given: tuple[Any, ...] = per_axis(output_size, value.rank)
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


def _fractional(rank: int) -> None:
    @maps(f"fractional_max_pool{rank}d", f"fractional_max_pool{rank}d_with_indices")
    def fractional_max_pool(
        drafting: Drafting,
        input: Any,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ) -> list[Value]:
        """PyTorch's inner function takes the random samples in place of the ratio."""
        value = drafting.in_order(drafting.value(input))
        if output_size is None:
            ratios: tuple[float, ...] = per_axis(output_ratio, rank)
            sizes = [int(size * ratio) for size, ratio in zip(value.shape[2:], ratios, strict=True)]
        else:
            sizes = list(per_axis(output_size, rank))
        result = drafting.emit(
            "fractional_maxpool",
            [value],
            (*value.axes[:2], *map(group, sizes)),
            kernel=short(per_axis(kernel_size, rank)),
            output_size=short(sizes),
        )
        return [result]


for _rank in (2, 3):
    _fractional(_rank)
