"""The modules that rows can name, and how Ultralytics builds each from its arguments."""

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.importers.formats._ultralytics import (
    attention,
    bottlenecks,
    convs,
    csp,
    heads,
    others,
    pyramids,
    steps_joined,
)
from cnncalc.importers.formats._ultralytics.tracing import Tracing


class Kind(NamedTuple):
    """One kind of module: the function that adds its layers, and how its row is read.

    `scaled`: the first argument is a number of channels, which the width multiple scales. `repeats`: the number of the
    row is an argument, at this position among those after the input. `several` of inputs are given as a list.
    """

    trace: Callable[..., Any]
    scaled: bool = False
    repeats: int | None = None
    several: bool = False


def _conv(
    t: Tracing,
    x: str,
    filters: int,
    kernel: int = 1,
    stride: int = 1,
    padding: int | None = None,
    groups: int = 1,
    dilation: int = 1,
    act: bool = True,
) -> str:
    """A `Conv` as a row states it."""
    usual = convs.USUAL if act else None
    return convs.conv(t, x, filters, kernel, stride, padding, max(groups, 1), max(dilation, 1), act=usual)


def _dwconv(
    t: Tracing, x: str, filters: int, kernel: int = 1, stride: int = 1, dilation: int = 1, act: bool = True
) -> str:
    return convs.dwconv(t, x, filters, kernel, stride, dilation, act=convs.USUAL if act else None)


def _area(
    t: Tracing,
    x: str,
    filters: int,
    n: int = 1,
    a2: bool = True,
    area: Any = 1,
    residual: bool = False,
    ratio: float = 2.0,
    e: float = 0.5,
    groups: int = 1,
    shortcut: bool = True,
) -> str:
    """`A2C2f`: every step is kept; each is two blocks of attention within areas, or a `C3k`."""
    hidden = int(filters * e)
    parts = [convs.conv(t, x, hidden, name="cv1")]
    with t.inside("m", "ModuleList"):
        for index in range(n):
            if not a2:
                parts.append(csp.c3k(t, parts[-1], hidden, 2, shortcut, groups, str(index)))
                continue
            y = parts[-1]
            with t.inside(str(index), "Sequential"):
                for step in ("0", "1"):
                    y = attention.area_block(t, y, max(1, hidden // 32), ratio, area, step)
            parts.append(y)
    y = convs.conv(t, t.add("concat", {}, *parts), filters, name="cv2")
    if a2 and residual:
        y = t.add("layer_scale", {"init": 0.01}, y, name="gamma")
        y = t.add("add", {}, x, y)
    return y


def _c2f_psa(t: Tracing, x: str, filters: int, n: int = 1, e: float = 0.5) -> str:
    def step(y: str, hidden: int, name: str) -> str:
        return attention.psa_block(t, y, 0.5, max(hidden // 64, 1), name)

    return steps_joined.c2f(t, x, filters, n, e, step)


KINDS: dict[str, Kind] = {
    "Conv": Kind(_conv, True),
    "DWConv": Kind(_dwconv, True),
    "ConvTranspose": Kind(convs.conv_transpose, True),
    "DWConvTranspose2d": Kind(convs.dwconv_transpose, True),
    "Focus": Kind(convs.focus, True),
    "GhostConv": Kind(convs.ghost_conv, True),
    "SCDown": Kind(convs.sc_down, True),
    "AConv": Kind(convs.a_conv, True),
    "ADown": Kind(convs.a_down, True),
    "CrossConv": Kind(bottlenecks.cross_conv, True),
    "Bottleneck": Kind(bottlenecks.bottleneck, True),
    "GhostBottleneck": Kind(bottlenecks.ghost_bottleneck, True),
    "BottleneckCSP": Kind(csp.bottleneck_csp, True, 1),
    "C1": Kind(bottlenecks.c1, True, 1),
    "C2": Kind(csp.c2, True, 1),
    "C2f": Kind(steps_joined.c2f_plain, True, 1),
    "C2fCIB": Kind(steps_joined.c2f_cib, True, 1),
    "C2fPSA": Kind(_c2f_psa, True, 1),
    "C2PSA": Kind(attention.c2psa, True, 1),
    "A2C2f": Kind(_area, True, 1),
    "C3": Kind(csp.c3, True, 1),
    "C3k2": Kind(steps_joined.c3k2, True, 1),
    "C3x": Kind(csp.c3x, True, 1),
    "C3TR": Kind(csp.c3tr, True, 1),
    "C3Ghost": Kind(csp.c3ghost, True, 1),
    "C3SPP": Kind(csp.c3spp, True),
    "RepC3": Kind(csp.rep_c3, True, 1),
    "RepNCSPELAN4": Kind(steps_joined.rep_ncsp_elan4, True),
    "ELAN1": Kind(steps_joined.elan1, True),
    "SPP": Kind(pyramids.spp, True),
    "SPPF": Kind(pyramids.sppf, True),
    "SPPELAN": Kind(pyramids.spp_elan, True),
    "PSA": Kind(attention.psa, True),
    "Classify": Kind(heads.classify),
    "HGStem": Kind(others.hg_stem),
    "HGBlock": Kind(others.hg_block, False, 3),
    "ResNetLayer": Kind(others.resnet_layer),
    "CBLinear": Kind(others.cb_linear),
    "CBFuse": Kind(others.cb_fuse, several=True),
    "CBAM": Kind(others.cbam),
    "AIFI": Kind(others.aifi),
    "Contract": Kind(others.contract),
    "Expand": Kind(others.expand),
    "Concat": Kind(others.concat, several=True),
    "nn.ConvTranspose2d": Kind(others.conv_transpose_2d, True),
    "nn.Upsample": Kind(others.upsample),
    "nn.MaxPool2d": Kind(others.max_pool),
    "nn.AvgPool2d": Kind(others.avg_pool),
    "nn.AdaptiveAvgPool2d": Kind(others.adaptive_avg_pool),
    "nn.ZeroPad2d": Kind(others.zero_pad),
    "nn.Identity": Kind(others.identity),
    "nn.BatchNorm2d": Kind(others.batch_norm),
    "nn.Flatten": Kind(others.flatten),
    "nn.Dropout": Kind(others.dropout),
}
# Heads take the model, too.
HEADS: dict[str, Callable[..., list[str]]] = {
    "Detect": heads.plain_detect,
    "v10Detect": heads.v10_detect,
    "Segment": heads.segment,
    "OBB": heads.oriented,
    "OBB26": heads.oriented_plain,
    "Pose": heads.pose,
    "Segment26": heads.segment_26,
}
# Heads whose layers are not read.
OTHER_HEADS = (
    "WorldDetect",
    "YOLOEDetect",
    "YOLOESegment",
    "YOLOESegment26",
    "Pose26",
    "RTDETRDecoder",
    "SemanticSegment",
    "Depth",
)
# Modules whose layers are not read, and which keep the size of their input: the channels are the first argument.
OTHERS = ("C2fAttn", "MixConv2d", "TransformerBlock", "Conv2", "LightConv")
# Modules after which Ultralytics' heads are the newer ones.
NEWER = ("C3k2", "A2C2f", "C2fCIB")
EVERY = (*KINDS, *HEADS, *OTHER_HEADS, *OTHERS, "TorchVision", "Index", "ImagePoolingAttn")
