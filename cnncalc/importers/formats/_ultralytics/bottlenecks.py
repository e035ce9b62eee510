"""Ultralytics' blocks with a shortcut: bottlenecks, and modules one after another."""

from collections.abc import Callable

from cnncalc.importers.formats._ultralytics.convs import Sides, conv, dwconv, ghost_conv, rep_conv
from cnncalc.importers.formats._ultralytics.tracing import Tracing

Inner = Callable[[str, str], str]


def shortcut_around(t: Tracing, x: str, y: str, wanted: bool) -> str:
    """The sum of what entered and what came out, if it is wanted and both have as many channels."""
    return t.add("add", {}, x, y) if wanted and t.channels(x) == t.channels(y) else y


def bottleneck(
    t: Tracing,
    x: str,
    filters: int,
    shortcut: bool = True,
    groups: int = 1,
    kernels: tuple[Sides, Sides] | None = None,
    e: float = 0.5,
    *,
    name: str = "",
    kind: str = "Bottleneck",
) -> str:
    if name:
        with t.inside(name, kind):
            return bottleneck(t, x, filters, shortcut, groups, kernels, e, kind=kind)
    first, second = kernels or ((1, 3) if t.old else (3, 3))
    hidden = int(filters * e)
    y = rep_conv(t, x, hidden, "cv1") if kind == "RepBottleneck" else conv(t, x, hidden, first, name="cv1")
    y = conv(t, y, filters, second, 1, None, groups, name="cv2")
    return shortcut_around(t, x, y, shortcut)


def ghost_bottleneck(t: Tracing, x: str, filters: int, k: int = 3, s: int = 1, *, name: str = "") -> str:
    if name:
        with t.inside(name, "GhostBottleneck"):
            return ghost_bottleneck(t, x, filters, k, s)
    half, channels = filters // 2, t.channels(x)
    with t.inside("conv", "Sequential"):
        y = ghost_conv(t, x, half, 1, 1, name="0")
        if s == 2:
            y = dwconv(t, y, half, k, s, act=None, name="1")
        y = ghost_conv(t, y, filters, 1, 1, act=None, name="2")
    if s == 2:
        with t.inside("shortcut", "Sequential"):
            x = dwconv(t, x, channels, k, s, act=None, name="0")
            x = conv(t, x, filters, 1, 1, act=None, name="1")
    return t.add("add", {}, y, x)


def cib(t: Tracing, x: str, filters: int, shortcut: bool, e: float, large: bool, name: str) -> str:
    with t.inside(name, "CIB"):
        channels, hidden = t.channels(x), 2 * int(filters * e)
        with t.inside("cv1", "Sequential"):
            y = conv(t, x, channels, 3, 1, None, channels, name="0")
            y = conv(t, y, hidden, 1, name="1")
            y = rep_vgg_dw(t, y, hidden, "2") if large else conv(t, y, hidden, 3, 1, None, hidden, name="2")
            y = conv(t, y, filters, 1, name="3")
            y = conv(t, y, filters, 3, 1, None, filters, name="4")
        return shortcut_around(t, x, y, shortcut)


def rep_vgg_dw(t: Tracing, x: str, channels: int, name: str) -> str:
    with t.inside(name, "RepVGGDW"):
        large = conv(t, x, channels, 7, 1, 3, channels, act=None, name="conv")
        small = conv(t, x, channels, 3, 1, 1, channels, act=None, name="conv1")
        return t.add("silu", {}, t.add("add", {}, large, small), name="act")


def cross_conv(
    t: Tracing,
    x: str,
    filters: int,
    k: int = 3,
    s: int = 1,
    groups: int = 1,
    e: float = 1.0,
    shortcut: bool = False,
) -> str:
    hidden = int(filters * e)
    y = conv(t, x, hidden, (1, k), (1, s), name="cv1")
    y = conv(t, y, filters, (k, 1), (s, 1), None, groups, name="cv2")
    return shortcut_around(t, x, y, shortcut)


def several(t: Tracing, x: str, count: int, step: Inner) -> str:
    """Modules one after another, `m.0`, `m.1` ..."""
    with t.inside("m", "Sequential"):
        for index in range(count):
            x = step(x, str(index))
    return x


def c1(t: Tracing, x: str, filters: int, n: int = 1) -> str:
    y = conv(t, x, filters, name="cv1")
    return t.add("add", {}, several(t, y, n, lambda z, name: conv(t, z, filters, 3, name=name)), y)
