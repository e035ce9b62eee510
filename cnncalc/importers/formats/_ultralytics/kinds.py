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


class ModuleKind(NamedTuple):
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


KINDS: dict[str, ModuleKind] = {
    "Conv": ModuleKind(_conv, True),
    "DWConv": ModuleKind(_dwconv, True),
    "ConvTranspose": ModuleKind(convs.conv_transpose, True),
    "DWConvTranspose2d": ModuleKind(convs.dwconv_transpose, True),
    "Focus": ModuleKind(convs.focus, True),
    "GhostConv": ModuleKind(convs.ghost_conv, True),
    "SCDown": ModuleKind(convs.sc_down, True),
    "AConv": ModuleKind(convs.a_conv, True),
    "ADown": ModuleKind(convs.a_down, True),
    "CrossConv": ModuleKind(bottlenecks.cross_conv, True),
    "Bottleneck": ModuleKind(bottlenecks.bottleneck, True),
    "GhostBottleneck": ModuleKind(bottlenecks.ghost_bottleneck, True),
    "BottleneckCSP": ModuleKind(csp.bottleneck_csp, True, 1),
    "C1": ModuleKind(bottlenecks.c1, True, 1),
    "C2": ModuleKind(csp.c2, True, 1),
    "C2f": ModuleKind(steps_joined.c2f_plain, True, 1),
    "C2fCIB": ModuleKind(steps_joined.c2f_cib, True, 1),
    "C2fPSA": ModuleKind(_c2f_psa, True, 1),
    "C2PSA": ModuleKind(attention.c2psa, True, 1),
    "A2C2f": ModuleKind(_area, True, 1),
    "C3": ModuleKind(csp.c3, True, 1),
    "C3k2": ModuleKind(steps_joined.c3k2, True, 1),
    "C3x": ModuleKind(csp.c3x, True, 1),
    "C3TR": ModuleKind(csp.c3tr, True, 1),
    "C3Ghost": ModuleKind(csp.c3ghost, True, 1),
    "C3SPP": ModuleKind(csp.c3spp, True),
    "RepC3": ModuleKind(csp.rep_c3, True, 1),
    "RepNCSPELAN4": ModuleKind(steps_joined.rep_ncsp_elan4, True),
    "ELAN1": ModuleKind(steps_joined.elan1, True),
    "SPP": ModuleKind(pyramids.spp, True),
    "SPPF": ModuleKind(pyramids.sppf, True),
    "SPPELAN": ModuleKind(pyramids.spp_elan, True),
    "PSA": ModuleKind(attention.psa, True),
    "Classify": ModuleKind(heads.classify),
    "HGStem": ModuleKind(others.hg_stem),
    "HGBlock": ModuleKind(others.hg_block, False, 3),
    "ResNetLayer": ModuleKind(others.resnet_layer),
    "CBLinear": ModuleKind(others.cb_linear),
    "CBFuse": ModuleKind(others.cb_fuse, several=True),
    "CBAM": ModuleKind(others.cbam),
    "AIFI": ModuleKind(others.aifi),
    "Contract": ModuleKind(others.contract),
    "Expand": ModuleKind(others.expand),
    "Concat": ModuleKind(others.concat, several=True),
    "nn.ConvTranspose2d": ModuleKind(others.conv_transpose_2d, True),
    "nn.Upsample": ModuleKind(others.upsample),
    "nn.MaxPool2d": ModuleKind(others.max_pool),
    "nn.AvgPool2d": ModuleKind(others.avg_pool),
    "nn.AdaptiveAvgPool2d": ModuleKind(others.adaptive_avg_pool),
    "nn.ZeroPad2d": ModuleKind(others.zero_pad),
    "nn.Identity": ModuleKind(others.identity),
    "nn.BatchNorm2d": ModuleKind(others.batch_norm),
    "nn.Flatten": ModuleKind(others.flatten),
    "nn.Dropout": ModuleKind(others.dropout),
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
