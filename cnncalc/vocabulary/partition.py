"""A volume split into adjacent windows, as in Swin transformers."""

from math import prod
from typing import NamedTuple

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import PerAxis
from cnncalc.vocabulary.window import axiswise


class Partition(NamedTuple):
    """Windows over a volume with two axes: zeros at the bottom and right fill the last windows."""

    volume: Shape
    window: tuple[int, ...]
    # How far the windows are shifted: 0 along an axis with one window.
    shifts: tuple[int, ...]

    @property
    def padded(self) -> tuple[int, ...]:
        """The volume's size with the zeros."""
        return whole(self.volume, self.window)

    @property
    def positions(self) -> int:
        return prod(self.padded)

    @property
    def tokens(self) -> int:
        """Positions of one window."""
        return prod(self.window)

    @property
    def windows(self) -> int:
        return self.positions // self.tokens

    @property
    def reorders(self) -> bool:
        """Whether the positions by window are in another order than those of the volume."""
        return self.window[0] > 1 and self.padded[1] > self.window[1]

    @property
    def shifted(self) -> tuple[str, ...]:
        """The axes along which there is a shift."""
        return tuple(axis for axis, shift in zip(self.volume.axes, self.shifts, strict=True) if shift)


def partition(volume: Shape, window: PerAxis, shift: PerAxis) -> Partition:
    sizes = axiswise(window, 2)
    axes = zip(whole(volume, sizes), sizes, axiswise(shift, 2), strict=True)
    return Partition(volume, sizes, tuple(by if size > step else 0 for size, step, by in axes))


def whole(volume: Shape, window: tuple[int, ...]) -> tuple[int, ...]:
    """A volume's size, rounded up to whole windows."""
    return tuple(-(-size // step) * step for size, step in zip(volume.spatial, window, strict=True))
