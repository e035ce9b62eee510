"""Modules whose channels no row scales: PyTorch's own, joins, the blocks of PP-HGNet and ResNet, and CBNet's."""

from typing import Any

from cnncalc.importers import faults
from cnncalc.importers.formats._ultralytics.convs import conv, light_conv
from cnncalc.importers.formats._ultralytics.tracing import NORM, Tracing

RELU = ("relu", dict[str, float]())


def upsample(t: Tracing, x: str, size: Any = None, scale: Any = None, mode: str = "nearest") -> str:
    if size is not None:
        return t.add("resize", {"size": size, "mode": mode}, x)
    return t.add("upsample", {"scale": scale if scale is not None else 2, "mode": mode}, x)


def max_pool(t: Tracing, x: str, kernel: int, stride: int | None = None, padding: int = 0) -> str:
    return t.add("maxpool", {"kernel": kernel, "stride": stride or kernel, "padding": padding}, x)


def avg_pool(t: Tracing, x: str, kernel: int, stride: int | None = None, padding: int = 0) -> str:
    return t.add("avgpool", {"kernel": kernel, "stride": stride or kernel, "padding": padding}, x)


def adaptive_avg_pool(t: Tracing, x: str, size: Any = 1) -> str:
    return t.add("adaptive_avgpool", {"output_size": size}, x)


def zero_pad(t: Tracing, x: str, sides: Any) -> str:
    if isinstance(sides, int):
        return t.add("zero_pad", {"padding": sides}, x)
    names = ("left", "right", "top", "bottom")
    return t.add("zero_pad", {"padding": dict(zip(names, sides, strict=False))}, x)


def identity(t: Tracing, x: str, *ignored: Any) -> str:
    return x


def batch_norm(t: Tracing, x: str, *ignored: Any) -> str:
    return t.add("bn", NORM, x)


def flatten(t: Tracing, x: str) -> str:
    return t.add("flatten", {}, x)


def dropout(t: Tracing, x: str, p: float = 0.5) -> str:
    return t.add("dropout", {"p": p}, x)


def conv_transpose_2d(
    t: Tracing, x: str, filters: int, kernel: int, stride: int = 1, padding: int = 0, output_padding: int = 0
) -> str:
    fields = {
        "filters": filters,
        "kernel": kernel,
        "stride": stride,
        "padding": padding,
        "output_padding": output_padding,
        "bias": True,
    }
    return t.add("conv_transpose", fields, x)


def concat(t: Tracing, xs: list[str], axis: int = 1) -> str:
    return t.add("concat", {"over": ("channels", "height", "width")[axis - 1 if 1 <= axis <= 3 else 0]}, *xs)


def contract(t: Tracing, x: str, gain: int = 2) -> str:
    return t.add("space_to_depth", {"block": gain}, x)


def expand(t: Tracing, x: str, gain: int = 2) -> str:
    return t.add("depth_to_space", {"block": gain}, x)


def hg_stem(t: Tracing, x: str, middle: int, filters: int) -> str:
    padding = {"right": 1, "bottom": 1}
    x = conv(t, x, middle, 3, 2, act=RELU, name="stem1")
    x = t.add("zero_pad", {"padding": padding}, x)
    y = conv(t, x, middle // 2, 2, 1, 0, act=RELU, name="stem2a")
    y = t.add("zero_pad", {"padding": padding}, y)
    y = conv(t, y, middle, 2, 1, 0, act=RELU, name="stem2b")
    pooled = t.add("maxpool", {"kernel": 2, "stride": 1, "rounding": "ceil"}, x, name="pool")
    x = conv(t, t.add("concat", {}, pooled, y), middle, 3, 2, act=RELU, name="stem3")
    return conv(t, x, filters, 1, 1, act=RELU, name="stem4")


def hg_block(
    t: Tracing,
    x: str,
    middle: int,
    filters: int,
    kernel: int = 3,
    n: int = 6,
    light: bool = False,
    shortcut: bool = False,
) -> str:
    parts = [x]
    with t.inside("m", "ModuleList"):
        for index in range(n):
            block = light_conv if light else conv
            parts.append(block(t, parts[-1], middle, kernel, act=RELU, name=str(index)))
    y = conv(t, t.add("concat", {}, *parts), filters // 2, act=RELU, name="sc")
    y = conv(t, y, filters, act=RELU, name="ec")
    return t.add("add", {}, y, x) if shortcut and t.channels(x) == filters else y


def resnet_layer(
    t: Tracing, x: str, c1: int, filters: int, stride: int = 1, first: bool = False, n: int = 1, e: int = 4
) -> str:
    with t.inside("layer", "Sequential"):
        if first:
            x = conv(t, x, filters, 7, 2, 3, name="0")
            return t.add("maxpool", {"kernel": 3, "stride": 2, "padding": 1}, x, name="1")
        for index in range(n):
            with t.inside(str(index), "ResNetBlock"):
                x = _resnet_block(t, x, filters, stride if index == 0 else 1, e)
    return x


def _resnet_block(t: Tracing, x: str, filters: int, stride: int, e: int) -> str:
    y = conv(t, x, filters, 1, 1, name="cv1")
    y = conv(t, y, filters, 3, stride, 1, name="cv2")
    y = conv(t, y, e * filters, 1, act=None, name="cv3")
    if stride != 1 or t.channels(x) != e * filters:
        with t.inside("shortcut", "Sequential"):
            x = conv(t, x, e * filters, 1, stride, act=None, name="0")
    return t.add("relu", {}, t.add("add", {}, y, x))


def cb_linear(t: Tracing, x: str, sizes: list[int], k: int = 1, s: int = 1) -> list[str]:
    """A convolution whose channels are split into parts, which other modules choose from."""
    y = t.add(
        "conv",
        {"filters": sum(sizes), "kernel": k, "stride": s, "padding": k // 2, "bias": True},
        x,
        name="conv",
    )
    if len(sizes) == 1:
        return [y]
    parts, start = [], 0
    for size in sizes:
        parts.append(t.add("slice", {"start": start, "stop": start + size}, y))
        start += size
    return parts


def cb_fuse(t: Tracing, xs: list[Any], chosen: list[int]) -> str:
    """The sum of chosen parts, each at the size of the last operand."""
    last = xs[-1]
    parts = []
    for parts_of_one, index in zip(xs[:-1], chosen, strict=False):
        listed = parts_of_one if isinstance(parts_of_one, list) else [parts_of_one]
        if not 0 <= index < len(listed):
            t.building.fault(faults.BAD_REFERENCE, t.span, f"`CBFuse` chooses part {index} of {len(listed)}")
            return t.building.lost("CBFuse")
        part = listed[index]
        same = t.shape(part) is not None and t.shape(part) == t.shape(last)
        parts.append(part if same else t.add("resize_to", {}, part, last))
    return t.add("add", {}, *parts, last)


def cbam(t: Tracing, x: str, c1: int = 0, kernel: int = 7) -> str:
    """Each channel by a factor of its mean, then each position by a factor of its channels' mean and maximum."""
    with t.inside("channel_attention", "ChannelAttention"):
        y = t.add("global_avgpool", {}, x, name="pool")
        y = t.add("conv", {"filters": t.channels(x), "bias": True}, y, name="fc")
        x = t.add("mul", {}, x, t.add("sigmoid", {}, y, name="act"))
    with t.inside("spatial_attention", "SpatialAttention"):
        mean = t.add("mean", {"over": "channels"}, x)
        largest = t.add("max", {"over": "channels"}, x)
        fields = {"filters": 1, "kernel": kernel, "padding": 3 if kernel == 7 else 1, "bias": False}
        y = t.add("conv", fields, t.add("concat", {}, mean, largest), name="cv1")
        return t.add("mul", {}, x, t.add("sigmoid", {}, y, name="act"))


def aifi(t: Tracing, x: str, hidden: int = 2048, heads: int = 8) -> str:
    """A transformer layer whose encoding of positions is constant, which no layer here can be."""
    c = t.channels(x)
    params = 4 * (c * c + c) + 2 * c * hidden + hidden + c + 4 * c
    return t.unknown("AIFI", x, shape=t.shape(x), params=params)
