"""Caffe's convolutions and poolings."""

from typing import Any

from cnncalc.importers import faults
from cnncalc.importers.formats._caffe.layer import BadCaffeLayer, CaffeLayer
from cnncalc.shape import Shape, Window

Sides = int | list[int]


def _window(layer: CaffeLayer) -> dict[str, Any]:
    """The fields of a convolution. It rounds down, as cnncalc does."""
    given = layer.parameters("convolution_param")
    kernel = given.pair("kernel_size", "kernel", 0, 1)
    if kernel == 0:
        message = f"`{layer.name}` ({layer.type}) needs `kernel_size`, or `kernel_h` and `kernel_w`"
        layer.building.fault(faults.MISSING_VALUE, given.message.span, message)
        raise BadCaffeLayer
    return {
        "filters": given.needed("num_output"),
        "kernel": kernel,
        "stride": given.pair("stride", "stride", 1, 1),
        "padding": given.pair("pad", "pad", 0, 0),
        "dilation": given.pair("dilation", "dilation", 1, 1),
        "groups": given.number("group", 1, 1),
        "bias": given.flag("bias_term", True),
    }


def convolution(layer: CaffeLayer) -> str:
    return layer.add("conv", _window(layer), layer.bottoms)


def depthwise(layer: CaffeLayer) -> str:
    """`DepthwiseConvolution` and `ConvolutionDepthwise`: a group for each channel."""
    fields = _window(layer)
    shape = layer.shape()
    fields["groups"] = shape.channels if shape is not None else 1
    return layer.add("conv", fields, layer.bottoms)


def deconvolution(layer: CaffeLayer) -> str:
    return layer.add("conv_transpose", _window(layer), layer.bottoms)


def pooling(layer: CaffeLayer) -> str:
    """A pooling rounds up; no window starts in the padding at the end."""
    given = layer.parameters("pooling_param")
    method = given.word("pool", ("MAX", "AVE", "STOCHASTIC", "0", "1", "2"))
    mean = method in ("AVE", "1")
    if method in ("STOCHASTIC", "2"):
        # In a test it is the mean, weighted by the values themselves.
        return layer.unknown("stochastic pooling", _pooled(layer), 0, 0)
    if given.flag("global_pooling", False):
        return layer.add("global_avgpool" if mean else "global_maxpool", {}, layer.bottoms)
    kernel = given.pair("kernel_size", "kernel", 0, 1)
    if kernel == 0:
        message = f"`{layer.name}` (Pooling) needs `kernel_size`, or `kernel_h` and `kernel_w`"
        layer.building.fault(faults.MISSING_VALUE, given.message.span, message)
        raise BadCaffeLayer
    rounding = given.word("round_mode", ("CEIL", "FLOOR", "0", "1"))
    fields: dict[str, Any] = {
        "kernel": kernel,
        "stride": given.pair("stride", "stride", 1, 1),
        "padding": given.pair("pad", "pad", 0, 0),
        "rounding": "floor" if rounding in ("FLOOR", "1") else "ceil",
    }
    shape = layer.shape()
    if fields["rounding"] == "ceil" and shape is not None and shape.rank == 2:
        windows = _windows(shape, fields)
        if all(window.span >= 0 and window.remainder == 0 for window in windows):
            fields["rounding"] = "floor"
        if any(_beyond(window) for window in windows):
            return layer.unknown("pooling past the end", _pooled(layer), 0, 0)
    return layer.add("avgpool" if mean else "maxpool", fields, layer.bottoms)


def _windows(shape: Shape, fields: dict[str, Any]) -> list[Window]:
    both = {
        name: value if isinstance(value, list) else [value] * 2
        for name, value in fields.items()
        if name != "rounding"
    }
    return [
        Window(size, both["kernel"][axis], both["stride"][axis], both["padding"][axis], both["padding"][axis])
        for axis, size in enumerate(shape.spatial)
    ]


def _beyond(window: Window) -> bool:
    """Whether Caffe has a window that starts past the input, where there is no padding: PyTorch leaves it out."""
    count = -(-window.span // window.stride) + 1
    return not window.before and (count - 1) * window.stride >= window.size


def _pooled(layer: CaffeLayer) -> Shape | None:
    """The output of a pooling as Caffe computes it."""
    given, shape = layer.parameters("pooling_param"), layer.shape()
    if shape is None or shape.rank != 2:
        return None
    fields = {
        "kernel": given.pair("kernel_size", "kernel", 1, 1),
        "stride": given.pair("stride", "stride", 1, 1),
        "padding": given.pair("pad", "pad", 0, 0),
    }
    sides = []
    for window in _windows(shape, fields):
        count = -(-window.span // window.stride) + 1
        if window.before and (count - 1) * window.stride >= window.size + window.before:
            count -= 1
        sides.append(max(1, count))
    return Shape(shape.channels, tuple(sides))
