"""A volume split into windows: adjacent positions, as in Swin transformers, or a grid spread over it, as in MaxViT."""

from math import prod
from typing import NamedTuple

from cnncalc.shape import Shape
from cnncalc.vocabulary.strides import Strides, in_order, regrouped
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise

# A batch of two images: of one alone, more could be a view.
IMAGES = 2


class Partition(NamedTuple):
    """Windows over a volume with two axes: zeros at the bottom and right fill the last windows.

    With `grid`, the positions of a window are as far apart as there are windows along the axis, and nothing is filled.
    """

    volume: Shape
    window: tuple[int, ...]
    # How far the windows are shifted: 0 along an axis with one window.
    shifts: tuple[int, ...]
    grid: bool = False

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
    def counts(self) -> tuple[int, ...]:
        """The windows along each axis."""
        return tuple(size // step for size, step in zip(self.padded, self.window, strict=True))

    @property
    def _sizes(self) -> tuple[int, ...]:
        """A batch of volumes, channels last, with each axis as windows and positions within them, or the reverse."""
        pairs = zip(self.counts, self.window, strict=True)
        axes = (size for pair in pairs for size in (reversed(pair) if self.grid else pair))
        return (IMAGES, *axes, self.volume.channels)

    @property
    def order(self) -> tuple[int, ...]:
        """The order of these axes that puts the positions of each window next to each other."""
        return (0, 2, 4, 1, 3, 5) if self.grid else (0, 1, 3, 2, 4, 5)

    @property
    def reorders(self) -> bool:
        """Whether values in the order of the volume must be copied to be in that of the windows."""
        sizes, strides = self._sizes, in_order(self._sizes)
        rows = (IMAGES * self.windows, self.tokens, self.volume.channels)
        return regrouped(_taken(sizes, self.order), _taken(strides, self.order), rows) is None

    @property
    def put_back(self) -> Strides | None:
        """The strides of values in the windows' order, seen as a batch of volumes; None if they must be copied."""
        back = tuple(sorted(range(len(self.order)), key=self.order.__getitem__))
        by_window = _taken(self._sizes, self.order)
        volumes = (IMAGES, *self.padded, self.volume.channels)
        return regrouped(self._sizes, _taken(in_order(by_window), back), volumes)

    @property
    def shifted(self) -> tuple[str, ...]:
        """The axes along which there is a shift."""
        return tuple(axis for axis, shift in zip(self.volume.axes, self.shifts, strict=True) if shift)


def partition(volume: Shape, window: PerAxis, shift: PerAxis, grid: bool = False) -> Partition:
    sizes = axiswise(window, 2)
    axes = zip(whole(volume, sizes), sizes, axiswise(shift, 2), strict=True)
    return Partition(volume, sizes, tuple(by if size > step else 0 for size, step, by in axes), grid)


def whole(volume: Shape, window: tuple[int, ...]) -> tuple[int, ...]:
    """A volume's size, rounded up to whole windows."""
    return tuple(-(-size // step) * step for size, step in zip(volume.spatial, window, strict=True))


def _taken(values: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(values[index] for index in order)
