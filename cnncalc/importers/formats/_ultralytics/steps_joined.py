"""Ultralytics' blocks that join what each of their modules gives: C2f, ELAN."""

from collections.abc import Callable

from cnncalc.importers.formats._ultralytics.attention import psa_block
from cnncalc.importers.formats._ultralytics.bottlenecks import Inner, bottleneck, cib
from cnncalc.importers.formats._ultralytics.convs import conv
from cnncalc.importers.formats._ultralytics.csp import c3, c3k, halves
from cnncalc.importers.formats._ultralytics.tracing import Tracing


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


def c2f_cib(
    t: Tracing, x: str, filters: int, n: int = 1, shortcut: bool = False, large: bool = False, e: float = 0.5
) -> str:
    return c2f(t, x, filters, n, e, lambda y, hidden, name: cib(t, y, hidden, shortcut, 1.0, large, name))


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
