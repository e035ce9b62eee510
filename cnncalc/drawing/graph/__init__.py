"""The drawing of a graph: boxes with figures, tensors as lines, frames and panels of blocks."""

from cnncalc.drawing.graph._picture import picture
from cnncalc.drawing.graph._shades import hue

__all__ = ["hue", "picture"]
