"""The numbers of a model file: classes, anchors, and the multiples of depth and width."""

import re
from collections.abc import Callable
from math import ceil
from typing import Any, NamedTuple

from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.importers.formats._ultralytics.rows import BadRow, entry, plain
from cnncalc.text import Mapping, Scalar, Sequence, escaped

# The size that Ultralytics trains with, for boxes and for classes.
SIDE, CLASSIFYING_SIDE = 640, 224


class Numbers(NamedTuple):
    """`depth` and `width` multiply the numbers of rows and channels; `most` are the most channels before that."""

    depth: float
    width: float
    most: float
    divisor: int
    scale: str
    classes: int
    anchors: int
    # Whether the file is of the YOLOv5 repository, which states anchors.
    old: bool

    def repeated(self, number: int) -> int:
        """How often a module is there (Python's own rounding: a half goes to the even number)."""
        return max(round(number * self.depth), 1) if number > 1 else number

    def channels(self, number: float) -> int:
        """A number of channels, scaled, at least the next multiple of the divisor."""
        return ceil(min(number, self.most) * self.width / self.divisor) * self.divisor

    @property
    def outputs(self) -> int:
        """YOLOv5: the numbers of all anchors of a position, a number of channels that is not scaled."""
        return self.anchors * (self.classes + 5)


def number(building: Building, root: Mapping, name: str, default: float, *, low: float = 0) -> float:
    """The number at a key of the file. Raises `BadRow`."""
    node = entry(root, name)
    if node is None:
        return default
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= 10**6:
        shown = escaped(node.raw) if isinstance(node, Scalar) else "a list"
        building.fault(faults.BAD_VALUE, node.span, f"`{name}` must be a number from {low:g}, not `{shown}`")
        raise BadRow
    return value


def read(building: Building, root: Mapping, file: str) -> Numbers:
    """The numbers of a file. The scale is the letter in the file's name, as in `yolo11n.yaml`, else the first one."""
    anchors = entry(root, "anchors")
    count = 3
    if isinstance(anchors, Sequence) and anchors.items and isinstance(anchors.items[0], Sequence):
        count = len(anchors.items[0]) // 2
    elif isinstance(anchors, Scalar):
        count = int(number(building, root, "anchors", 3, low=1))
    depth = number(building, root, "depth_multiple", 1.0)
    width = number(building, root, "width_multiple", 1.0)
    most: float = 10**9
    scale = ""
    scales = entry(root, "scales")
    if isinstance(scales, Mapping) and len(scales):
        scale = _scale(building, root, scales, file)
        chosen = scales.get(scale)
        values = plain(building, chosen.value, {}) if chosen is not None else None
        if not isinstance(values, list) or len(values) != 3 or not all(_is_positive(item) for item in values):
            place = scales.span if chosen is None else chosen.value.span
            building.fault(faults.BAD_VALUE, place, "a scale is a list of depth, width and the most channels")
            raise BadRow
        depth, width, most = values
    divisor = int(number(building, root, "channel_multiple", 8, low=1))
    classes = int(number(building, root, "nc", 80, low=1))
    return Numbers(depth, width, most, divisor, scale, classes, count, anchors is not None)


def _is_positive(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


def _scale(building: Building, root: Mapping, scales: Mapping, file: str) -> str:
    names = [item.name for item in scales]
    given = entry(root, "scale")
    if isinstance(given, Scalar):
        if given.raw in names:
            return given.raw
        building.fault(
            faults.BAD_VALUE,
            given.span,
            f"`scales` has no `{escaped(given.raw)}`",
            help=f"it has {', '.join(names[:9])}",
        )
        raise BadRow
    match = re.search(r"yolo(?:e-)?v?\d+([nslmx])", re.split(r"[\\/]", file)[-1])
    if match is not None and match[1] in names:
        return match[1]
    building.note(
        faults.ASSUMED,
        scales.span,
        f"the name of the file has no scale: `{names[0]}` is taken, of {', '.join(names[:9])}",
        help="name a scale as Ultralytics does, as in `yolo11s.yaml`: the file `yolo11.yaml` is then read with it",
    )
    return names[0]


Scaled = Callable[[int], int]
