"""Shapes as text and as mappings: `224x224x3`, `{channels: 3, height: 224, width: 224}`, `{features: 10}`."""

import re
from collections.abc import Mapping

from cnncalc.shape import AXES, Shape

TEXT = re.compile(r"\d{1,18}(?:[x×]\d{1,18}){1,3}", re.ASCII)


def of_text(text: str) -> Shape | None:
    """The shape that a text says, `HEIGHTxWIDTHxCHANNELS`; None if it says none, or has an axis of size 0."""
    if not TEXT.fullmatch(text):
        return None
    *spatial, channels = (int(part) for part in re.split("[x×]", text))
    return None if 0 in (*spatial, channels) else Shape(channels, tuple(spatial))


def of_sizes(sizes: Mapping[str, int]) -> Shape | None:
    """The shape with these sizes of axes, each from 1 on; None if a shape has other axes."""
    if set(sizes) == {"features"}:
        return Shape(sizes["features"])
    for axes in AXES.values():
        if axes and set(sizes) == {"channels", *axes}:
            return Shape(sizes["channels"], tuple(sizes[axis] for axis in axes))
    return None
