"""Ultralytics' blocks with a shortcut or with branches: bottlenecks, CSP, C2f, pyramids of poolings."""

from collections.abc import Callable
from typing import Any

from cnncalc.importers.formats._ultralytics.attention import psa_block, transformer_block
from cnncalc.importers.formats._ultralytics.convs import (
    USUAL,
    Sides,
    conv,
    dwconv,
    ghost_conv,
    plain_conv,
    rep_conv,
)
from cnncalc.importers.formats._ultralytics.tracing import NORM, Tracing

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


def several(t: Tracing, x: str, count: int, step: Inner) -> str:
    """Modules one after another, `m.0`, `m.1` ..."""
    with t.inside("m", "Sequential"):
        for index in range(count):
            x = step(x, str(index))
    return x


def _c3(t: Tracing, x: str, filters: int, e: float, middle: Callable[[str, int], str]) -> str:
    hidden = int(filters * e)
    first = middle(conv(t, x, hidden, name="cv1"), hidden)
    second = conv(t, x, hidden, name="cv2")
    return conv(t, t.add("concat", {}, first, second), filters, name="cv3")


def c3(
    t: Tracing,
    x: str,
    filters: int,
    n: int = 1,
    shortcut: bool = True,
    groups: int = 1,
    e: float = 0.5,
    *,
    kernels: tuple[Sides, Sides] = (1, 3),
    kind: str = "Bottleneck",
) -> str:
    def middle(y: str, hidden: int) -> str:
        return several(
            t,
            y,
            n,
            lambda z, name: bottleneck(t, z, hidden, shortcut, groups, kernels, 1.0, name=name, kind=kind),
        )

    return _c3(t, x, filters, e, middle)


def c3x(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    """The kernels are a row and a column."""
    return c3(t, x, filters, n, shortcut, groups, e, kernels=((1, 3), (3, 1)))


def c3k(t: Tracing, x: str, filters: int, n: int, shortcut: bool, groups: int, name: str) -> str:
    with t.inside(name, "C3k"):
        return c3(t, x, filters, n, shortcut, groups, kernels=(3, 3))


def c3tr(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    return _c3(t, x, filters, e, lambda y, hidden: transformer_block(t, y, hidden, 4, n))


def c3spp(t: Tracing, x: str, filters: int, k: Any = (5, 9, 13), n: int = 1) -> str:
    def middle(y: str, hidden: int) -> str:
        with t.inside("m", "SPP"):
            return spp(t, y, hidden, k)

    return _c3(t, x, filters, 0.5, middle)


def c3ghost(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    def middle(y: str, hidden: int) -> str:
        return several(t, y, n, lambda z, name: ghost_bottleneck(t, z, hidden, name=name))

    return _c3(t, x, filters, e, middle)


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


def bottleneck_csp(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    hidden = int(filters * e)
    first = conv(t, x, hidden, name="cv1")
    first = several(t, first, n, lambda z, name: bottleneck(t, z, hidden, shortcut, groups, e=1.0, name=name))
    first = plain_conv(t, first, hidden, "cv3", bias=False)
    second = plain_conv(t, x, hidden, "cv2", bias=False)
    y = t.add("bn", NORM, t.add("concat", {}, first, second), name="bn")
    return conv(t, t.add("silu", {}, y, name="act"), filters, name="cv4")


def halves(t: Tracing, x: str) -> list[str]:
    """The two halves of the channels."""
    return [t.add("chunk", {"of": 2, "index": index}, x) for index in (0, 1)]


def c2f(t: Tracing, x: str, filters: int, n: int, e: float, step: Callable[[str, int, str], str]) -> str:
    """Half of the channels goes through `n` modules; every step is kept, and all are joined."""
    hidden = int(filters * e)
    parts = halves(t, conv(t, x, 2 * hidden, name="cv1"))
    with t.inside("m", "ModuleList"):
        for index in range(n):
            parts.append(step(parts[-1], hidden, str(index)))
    return conv(t, t.add("concat", {}, *parts), filters, name="cv2")


def c2f_plain(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = False, groups: int = 1, e: float = 0.5
) -> str:
    return c2f(
        t,
        x,
        filters,
        n,
        e,
        lambda y, hidden, name: bottleneck(t, y, hidden, shortcut, groups, (3, 3), 1.0, name=name),
    )


def c3k2(
    t: Tracing,
    x: str,
    filters: int,
    n: int = 1,
    nested: bool = False,
    e: float = 0.5,
    attention: bool = False,
    groups: int = 1,
    shortcut: bool = True,
) -> str:
    def step(y: str, hidden: int, name: str) -> str:
        if attention:
            with t.inside(name, "Sequential"):
                y = bottleneck(t, y, hidden, shortcut, groups, name="0")
                return psa_block(t, y, 0.5, max(hidden // 64, 1), name="1")
        if nested:
            return c3k(t, y, hidden, 2, shortcut, groups, name)
        return bottleneck(t, y, hidden, shortcut, groups, name=name)

    return c2f(t, x, filters, n, e, step)


def c2(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    hidden = int(filters * e)
    first, second = halves(t, conv(t, x, 2 * hidden, name="cv1"))
    first = several(
        t, first, n, lambda y, name: bottleneck(t, y, hidden, shortcut, groups, (3, 3), 1.0, name=name)
    )
    return conv(t, t.add("concat", {}, first, second), filters, name="cv2")


def c1(t: Tracing, x: str, filters: int, n: int = 1) -> str:
    y = conv(t, x, filters, name="cv1")
    return t.add("add", {}, several(t, y, n, lambda z, name: conv(t, z, filters, 3, name=name)), y)


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


def c2f_cib(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = False, large: bool = False, e: float = 0.5
) -> str:
    return c2f(t, x, filters, n, e, lambda y, hidden, name: cib(t, y, hidden, shortcut, 1.0, large, name))


def rep_c3(t: Tracing, x: str, filters: int, n: int = 3, e: float = 1.0) -> str:
    hidden = int(filters * e)
    first = several(t, conv(t, x, hidden, name="cv1"), n, lambda y, name: rep_conv(t, y, hidden, name))
    total = t.add("add", {}, first, conv(t, x, hidden, name="cv2"))
    return conv(t, total, filters, name="cv3") if hidden != filters else total


def rep_ncsp_elan4(t: Tracing, x: str, filters: int, c3_: int, c4: int, n: int = 1) -> str:
    def part(y: str, name: str) -> str:
        with t.inside(name, "Sequential"):
            with t.inside("0", "RepCSP"):
                y = c3(t, y, c4, n, kernels=(3, 3), kind="RepBottleneck")
            return conv(t, y, c4, 3, 1, name="1")

    return _elan(t, x, filters, c3_, part)


def elan1(t: Tracing, x: str, filters: int, c3_: int, c4: int) -> str:
    return _elan(t, x, filters, c3_, lambda y, name: conv(t, y, c4, 3, 1, name=name))


def _elan(t: Tracing, x: str, filters: int, entering: int, part: Inner) -> str:
    parts = halves(t, conv(t, x, entering, name="cv1"))
    for name in ("cv2", "cv3"):
        parts.append(part(parts[-1], name))
    return conv(t, t.add("concat", {}, *parts), filters, name="cv4")


def _pool(t: Tracing, x: str, kernel: int, name: str) -> str:
    return t.add("maxpool", {"kernel": kernel, "stride": 1, "padding": kernel // 2}, x, name=name)


def spp(t: Tracing, x: str, filters: int, k: Any = (5, 9, 13)) -> str:
    y = conv(t, x, t.channels(x) // 2, name="cv1")
    pools = [_pool(t, y, kernel, f"m{index}") for index, kernel in enumerate(k)]
    return conv(t, t.add("concat", {}, y, *pools), filters, name="cv2")


def sppf(t: Tracing, x: str, filters: int, k: int = 5, n: int | None = None, shortcut: bool = False) -> str:
    """Poolings one after another. A file that states their number means the module without the first activation."""
    y = [conv(t, x, t.channels(x) // 2, act=USUAL if n is None else None, name="cv1")]
    for _ in range(3 if n is None else n):
        y.append(_pool(t, y[-1], k, "m"))
    return shortcut_around(t, x, conv(t, t.add("concat", {}, *y), filters, name="cv2"), shortcut)


def spp_elan(t: Tracing, x: str, filters: int, hidden: int, k: int = 5) -> str:
    y = [conv(t, x, hidden, name="cv1")]
    for name in ("cv2", "cv3", "cv4"):
        y.append(_pool(t, y[-1], k, name))
    return conv(t, t.add("concat", {}, *y), filters, name="cv5")


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
