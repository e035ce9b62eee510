"""Shapes as text and as mappings: `224x224x3`, `{channels: 3, height: 224, width: 224}`, `{features: 10}`."""

from collections.abc import Mapping

from cnncalc.shape import AXES, Shape

MOST_DIGITS = 18


def sizes(text: str) -> tuple[int, ...] | None:
    """The two to four sizes in a text such as `224x224x3`; None if it is another text."""
    parts = text.replace("×", "x").split("x")
    numbers = all(part.isascii() and part.isdigit() and len(part) <= MOST_DIGITS for part in parts)
    return tuple(map(int, parts)) if numbers and 2 <= len(parts) <= 4 else None


def of_text(text: str) -> Shape | None:
    """The shape that a text says, `HEIGHTxWIDTHxCHANNELS`; None if it says none, or has an axis of size 0."""
    known = sizes(text)
    return None if known is None or 0 in known else Shape(known[-1], known[:-1])


def of_axes(axes: Mapping[str, int]) -> Shape | None:
    """The shape with these sizes of axes, each from 1 on; None if a shape has other axes."""
    if set(axes) == {"features"}:
        return Shape(axes["features"])
    for spatial in AXES.values():
        if spatial and set(axes) == {"channels", *spatial}:
            return Shape(axes["channels"], tuple(axes[axis] for axis in spatial))
    return None
