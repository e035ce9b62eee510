"""Ultralytics' heads. They end where the boxes are decoded: that has no parameters, and depends on anchors."""

from collections.abc import Callable
from math import pi
from typing import NamedTuple

from cnncalc.importers import faults
from cnncalc.importers.formats._ultralytics.convs import conv, dwconv, plain_conv
from cnncalc.importers.formats._ultralytics.tracing import Tracing
from cnncalc.shape import Shape


class HeadSettings(NamedTuple):
    """What heads take from the file: classes, bins of a distance, whether it has two heads, and which is older."""

    classes: int
    bins: int
    end_to_end: bool
    legacy: bool
    training: bool
    anchors: int
    # Ultralytics' width multiple, and the most channels.
    scaled: Callable[[int], int]
    # Parameters that are not used in this mode, with their counts: heads add to it.
    unused: dict[str, int]


Branch = Callable[[str, str], str]


def _levels(t: Tracing, xs: list[str], name: str, branch: Branch) -> list[str]:
    """A branch on each level: `cv2.0`, `cv2.1` ..."""
    with t.inside(name, "ModuleList"):
        return [branch(x, str(index)) for index, x in enumerate(xs)]


def _joined(t: Tracing, parts: list[str], name: str) -> str:
    """The positions of all levels, one after another."""
    rows = []
    for part in parts:
        shape = t.shape(part)
        fields = (
            {"channels": 1, "length": 1}
            if shape is None
            else {"channels": shape.channels, "length": shape.positions}
        )
        rows.append(t.add("reshape", dict(fields), part))
    return t.add("concat", {"over": "length"}, *rows, name=name) if len(rows) > 1 else rows[0]


def _three(t: Tracing, middle: int, last: int) -> Branch:
    def branch(x: str, name: str) -> str:
        with t.inside(name, "Sequential"):
            y = conv(t, conv(t, x, middle, 3, name="0"), middle, 3, name="1")
            return plain_conv(t, y, last, "2")

    return branch


def _separable(t: Tracing, middle: int, last: int) -> Branch:
    def branch(x: str, name: str) -> str:
        y = x
        with t.inside(name, "Sequential"):
            for index in ("0", "1"):
                with t.inside(index, "Sequential"):
                    y = dwconv(t, y, t.channels(y), 3, name="0")
                    y = conv(t, y, middle, 1, name="1")
            return plain_conv(t, y, last, "2")

    return branch


def detect(
    t: Tracing, xs: list[str], model: HeadSettings, *, separable: bool, more: dict[str, int] | None = None
) -> list[str]:
    """Distances to the sides of boxes, and scores of classes; `more` are other branches, by name and channels."""
    first = t.channels(xs[0])
    boxes = max(16, first // 4, model.bins * 4)
    scores = max(first, min(model.classes, 100))
    second = _separable if separable else _three
    branches = {"cv2": _three(t, boxes, 4 * model.bins), "cv3": second(t, scores, model.classes)}
    for name, channels in (more or {}).items():
        branches[name] = _three(t, max(first // 4, channels), channels)
    names = {"cv2": "boxes", "cv3": "scores", "cv4": "more"}
    heads = []
    for prefix in ("one2one_", "") if model.end_to_end else ("",):
        head = {
            name: _joined(t, _levels(t, xs, prefix + name, branch), f"{prefix}{names[name]}")
            for name, branch in branches.items()
        }
        heads.append(head)
    message = "the decoding of boxes has no parameters and depends on anchors: the spec ends before it"
    t.building.note(faults.LEFT_OUT, t.span, message)
    if not model.training:
        heads[0]["cv2"] = _distances(t, heads[0]["cv2"], model.bins)
        heads[0]["cv3"] = t.add("sigmoid", {}, heads[0]["cv3"], name="probabilities")
    return [output for head in heads for output in head.values()]


def _distances(t: Tracing, x: str, bins: int) -> str:
    """`DFL`: the mean of the bins of each side, by their softmax."""
    shape = t.shape(x)
    if bins <= 1 or shape is None:
        return x
    anchors = shape.spatial[0]
    with t.inside("dfl", "DFL"):
        y = t.add("reshape", {"channels": 4, "height": bins, "width": anchors}, x)
        y = t.add("permute", {"order": ["channels", "width", "height"]}, y)
        y = t.add("softmax", {}, y)
        y = t.add("conv", {"filters": 1, "bias": False}, y, name="conv", controls={"freeze": True})
        return t.add("reshape", {"channels": 4, "length": anchors}, y)


def _proto(t: Tracing, x: str, hidden: int, filters: int) -> str:
    with t.inside("proto", "Proto"):
        return _masks(t, x, hidden, filters)


def _masks(t: Tracing, x: str, hidden: int, filters: int) -> str:
    x = conv(t, x, hidden, 3, name="cv1")
    fields = {"filters": hidden, "kernel": 2, "stride": 2, "bias": True}
    x = t.add("conv_transpose", fields, x, name="upsample")
    return conv(t, conv(t, x, hidden, 3, name="cv2"), filters, name="cv3")


def plain_detect(t: Tracing, xs: list[str], model: HeadSettings, *ignored: object) -> list[str]:
    if t.old:
        return _old_detect(t, xs, model, 5 + model.classes)
    return detect(t, xs, model, separable=not model.legacy)


def v10_detect(t: Tracing, xs: list[str], model: HeadSettings, *ignored: object) -> list[str]:
    return detect(t, xs, model._replace(end_to_end=True, bins=16), separable=True)


def segment(t: Tracing, xs: list[str], model: HeadSettings, masks: int = 32, hidden: int = 256) -> list[str]:
    hidden = model.scaled(hidden)
    if t.old:
        outputs = _old_detect(t, xs, model, 5 + model.classes + masks)
    else:
        outputs = detect(t, xs, model, separable=not model.legacy, more={"cv4": masks})
    return [*outputs, _proto(t, xs[0], hidden, masks)]


def oriented(t: Tracing, xs: list[str], model: HeadSettings, angles: int = 1) -> list[str]:
    outputs = detect(t, xs, model, separable=not model.legacy, more={"cv4": angles})
    angle = t.add("sigmoid", {}, outputs[2], name="turn")
    angle = t.add("sub", {"numbers": [None, 0.25]}, angle)
    return [*outputs[:2], t.add("scale", {"factor": pi}, angle, name="angle"), *outputs[3:]]


def oriented_plain(t: Tracing, xs: list[str], model: HeadSettings, angles: int = 1) -> list[str]:
    """Of YOLO26: the angle is what the convolution gives."""
    return detect(t, xs, model, separable=not model.legacy, more={"cv4": angles})


def segment_26(
    t: Tracing, xs: list[str], model: HeadSettings, masks: int = 32, hidden: int = 256
) -> list[str]:
    """Of YOLO26: the masks come from all levels, added at the size of the first."""
    hidden = model.scaled(hidden)
    outputs = detect(t, xs, model, separable=not model.legacy, more={"cv4": masks})
    channels, features = t.channels(xs[0]), xs[0]
    with t.inside("proto", "Proto26"):
        with t.inside("feat_refine", "ModuleList"):
            for index, x in enumerate(xs[1:]):
                y = conv(t, x, channels, name=str(index))
                y = t.add("upsample", {"scale": 2 ** (index + 1)}, y)
                features = t.add("add", {}, features, y)
        outputs.append(_masks(t, conv(t, features, hidden, 3, name="feat_fuse"), hidden, masks))
        with t.inside("semseg", "Sequential"):
            if model.training:
                y = conv(t, conv(t, features, hidden, 3, name="0"), hidden, 3, name="1")
                outputs.append(plain_conv(t, y, model.classes, "2"))
    if not model.training:
        weights = 9 * channels * hidden + 9 * hidden * hidden + 4 * hidden + (hidden + 1) * model.classes
        model.unused[f"{t.scopes[-1].path}.proto.semseg"] = weights
    return outputs


def pose(t: Tracing, xs: list[str], model: HeadSettings, points: list[int]) -> list[str]:
    return detect(t, xs, model, separable=not model.legacy, more={"cv4": points[0] * points[1]})


def _old_detect(t: Tracing, xs: list[str], model: HeadSettings, each: int) -> list[str]:
    """YOLOv5's own: one convolution on each level, with all numbers of each anchor."""
    with t.inside("m", "ModuleList"):
        outputs = [plain_conv(t, x, each * model.anchors, str(index)) for index, x in enumerate(xs)]
    t.building.note(
        faults.LEFT_OUT, t.span, "the decoding of boxes has no parameters: the spec ends before it"
    )
    return outputs


def classify(t: Tracing, x: str, classes: int, kernel: int = 1, stride: int = 1) -> str:
    x = conv(t, x, 1280, kernel, stride, name="conv")
    x = t.add("flatten", {}, t.add("global_avgpool", {}, x, name="pool"))
    return t.add(
        "fc", {"units": classes, "bias": True}, t.add("dropout", {"p": 0.0}, x, name="drop"), name="linear"
    )


def unknown_head(t: Tracing, xs: list[str], model: HeadSettings, kind: str) -> list[str]:
    """A head that is not read: how many parameters it has is not known."""
    shapes = [t.shape(x) for x in xs]
    if any(shape is None for shape in shapes):
        return [t.building.lost(kind)]
    positions = sum(shape.positions for shape in shapes if shape is not None)
    return [t.unknown(kind, *xs, shape=Shape(4 + model.classes, (positions,)))]
