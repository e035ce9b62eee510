"""Ultralytics' pyramids of poolings: SPP, one after another or side by side."""

from typing import Any

from cnncalc.importers.formats._ultralytics.bottlenecks import shortcut_around
from cnncalc.importers.formats._ultralytics.convs import USUAL, conv
from cnncalc.importers.formats._ultralytics.tracing import Tracing


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
