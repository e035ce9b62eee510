"""Ultralytics' CSP blocks: half of the channels passes by the modules, and joins what they give."""

from collections.abc import Callable
from typing import Any

from cnncalc.importers.formats._ultralytics.attention import transformer_block
from cnncalc.importers.formats._ultralytics.bottlenecks import bottleneck, ghost_bottleneck, several
from cnncalc.importers.formats._ultralytics.convs import Sides, conv, plain_conv, rep_conv
from cnncalc.importers.formats._ultralytics.pyramids import spp
from cnncalc.importers.formats._ultralytics.tracing import NORM, Tracing


def halves(t: Tracing, x: str) -> list[str]:
    """The two halves of the channels."""
    return [t.add("chunk", {"of": 2, "index": index}, x) for index in (0, 1)]


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


def rep_c3(t: Tracing, x: str, filters: int, n: int = 3, e: float = 1.0) -> str:
    hidden = int(filters * e)
    first = several(t, conv(t, x, hidden, name="cv1"), n, lambda y, name: rep_conv(t, y, hidden, name))
    total = t.add("add", {}, first, conv(t, x, hidden, name="cv2"))
    return conv(t, total, filters, name="cv3") if hidden != filters else total


def c2(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = True, groups: int = 1, e: float = 0.5
) -> str:
    hidden = int(filters * e)
    first, second = halves(t, conv(t, x, 2 * hidden, name="cv1"))
    first = several(
        t, first, n, lambda y, name: bottleneck(t, y, hidden, shortcut, groups, (3, 3), 1.0, name=name)
    )
    return conv(t, t.add("concat", {}, first, second), filters, name="cv2")
