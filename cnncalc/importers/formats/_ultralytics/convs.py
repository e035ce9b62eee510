"""Ultralytics' convolutions: `Conv` is a convolution without bias, a norm and an activation."""

from math import gcd
from typing import Any

from cnncalc.importers.formats._ultralytics.tracing import NORM, Activation, Tracing

Sides = int | tuple[int, int]
# The usual activation.
USUAL = "usual"


def autopad(kernel: Sides, padding: int | None, dilation: int) -> Any:
    """Half of the kernel, unless another padding is given."""
    if padding is not None:
        return padding
    if isinstance(kernel, int):
        return (dilation * (kernel - 1) + 1) // 2 if dilation > 1 else kernel // 2
    return [side // 2 for side in kernel]


def conv(
    t: Tracing,
    x: str,
    filters: int,
    kernel: Sides = 1,
    stride: Sides = 1,
    padding: int | None = None,
    groups: int = 1,
    dilation: int = 1,
    *,
    act: Activation | str = USUAL,
    name: str = "",
    kind: str = "Conv",
) -> str:
    """A `Conv` with the name `name` in the module around it; without a name the module around it is the `Conv`."""
    if name:
        with t.inside(name, kind):
            return conv(t, x, filters, kernel, stride, padding, groups, dilation, act=act)
    fields = {
        "filters": filters,
        "kernel": list(kernel) if isinstance(kernel, tuple) else kernel,
        "stride": list(stride) if isinstance(stride, tuple) else stride,
        "padding": autopad(kernel, padding, dilation),
        "groups": groups,
        "dilation": dilation,
        "bias": False,
    }
    x = t.add("conv", fields, x, name="conv")
    x = t.add("bn", NORM, x, name="bn")
    return t.act(x, t.activation if isinstance(act, str) else act)


def plain_conv(t: Tracing, x: str, filters: int, name: str, *, bias: bool = True, kernel: int = 1) -> str:
    """An `nn.Conv2d`."""
    return t.add("conv", {"filters": filters, "kernel": kernel, "bias": bias}, x, name=name)


def dwconv(
    t: Tracing, x: str, filters: int, kernel: int = 1, stride: int = 1, dilation: int = 1, **more: Any
) -> str:
    """As many groups as both numbers of channels allow."""
    groups = gcd(t.channels(x), filters) or 1
    return conv(t, x, filters, kernel, stride, None, groups, dilation, kind="DWConv", **more)


def conv_transpose(
    t: Tracing, x: str, filters: int, kernel: int = 2, stride: int = 2, padding: int = 0
) -> str:
    fields = {"filters": filters, "kernel": kernel, "stride": stride, "padding": padding, "bias": False}
    x = t.add("conv_transpose", fields, x, name="conv_transpose")
    return t.act(t.add("bn", NORM, x, name="bn"), t.activation)


def dwconv_transpose(
    t: Tracing, x: str, filters: int, kernel: int = 1, stride: int = 1, p1: int = 0, p2: int = 0
) -> str:
    fields = {
        "filters": filters,
        "kernel": kernel,
        "stride": stride,
        "padding": p1,
        "output_padding": p2,
        "groups": gcd(t.channels(x), filters) or 1,
    }
    return t.add("conv_transpose", fields, x)


def focus(
    t: Tracing, x: str, filters: int, kernel: int = 1, stride: int = 1, padding: int | None = None
) -> str:
    """Every second row and column, four times, as channels."""
    rows = [t.add("slice", {"axis": "height", "start": row, "step": 2}, x) for row in (0, 1)]
    parts = [
        t.add("slice", {"axis": "width", "start": column, "step": 2}, rows[row])
        for column in (0, 1)
        for row in (0, 1)
    ]
    return conv(t, t.add("concat", {}, *parts), filters, kernel, stride, padding, name="conv")


def ghost_conv(
    t: Tracing,
    x: str,
    filters: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    *,
    act: Activation | str = USUAL,
    name: str = "",
) -> str:
    """Half of the filters, and a depthwise convolution of them for the other half."""
    if name:
        with t.inside(name, "GhostConv"):
            return ghost_conv(t, x, filters, kernel, stride, groups, act=act)
    half = filters // 2
    first = conv(t, x, half, kernel, stride, None, groups, act=act, name="cv1")
    second = conv(t, first, half, 5, 1, None, half, act=act, name="cv2")
    return t.add("concat", {}, first, second)


def rep_conv(t: Tracing, x: str, filters: int, name: str) -> str:
    """A 3x3 and a 1x1 convolution, added."""
    with t.inside(name, "RepConv"):
        large = conv(t, x, filters, 3, 1, 1, act=None, name="conv1")
        small = conv(t, x, filters, 1, 1, 0, act=None, name="conv2")
        return t.act(t.add("add", {}, large, small), t.activation)


def light_conv(t: Tracing, x: str, filters: int, kernel: int, *, act: Activation, name: str) -> str:
    with t.inside(name, "LightConv"):
        x = conv(t, x, filters, 1, act=None, name="conv1")
        return dwconv(t, x, filters, kernel, act=act, name="conv2")


def sc_down(t: Tracing, x: str, filters: int, kernel: int, stride: int) -> str:
    x = conv(t, x, filters, 1, 1, name="cv1")
    return conv(t, x, filters, kernel, stride, None, filters, act=None, name="cv2")


def a_conv(t: Tracing, x: str, filters: int) -> str:
    x = t.add("avgpool", {"kernel": 2, "stride": 1}, x)
    return conv(t, x, filters, 3, 2, 1, name="cv1")


def a_down(t: Tracing, x: str, filters: int) -> str:
    x = t.add("avgpool", {"kernel": 2, "stride": 1}, x)
    first, second = (t.add("chunk", {"of": 2, "index": index}, x) for index in (0, 1))
    first = conv(t, first, filters // 2, 3, 2, 1, name="cv1")
    second = t.add("maxpool", {"kernel": 3, "stride": 2, "padding": 1}, second)
    second = conv(t, second, filters // 2, 1, 1, 0, name="cv2")
    return t.add("concat", {}, first, second)
