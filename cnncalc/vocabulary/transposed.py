"""The windows of a transposed convolution, axis by axis: where each input value is added into the output."""

from math import gcd

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.connections import inside
from cnncalc.vocabulary.padding import ends_of
from cnncalc.vocabulary.reach import MOST_PHASES, Reach, Taps
from cnncalc.vocabulary.values import Padding, PerAxis
from cnncalc.vocabulary.window import axiswise, sliding


class TransposedAxis(NamedTuple):
    """One axis: `before` and `after` positions are removed from the ends of the output, `added` ones stand after it."""

    size: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int
    added: int

    @property
    def extent(self) -> int:
        """The positions that a dilated window covers."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def output(self) -> int:
        """Positions of the output; below 1 if nothing is left."""
        return (self.size - 1) * self.stride + self.extent - self.before - self.after + self.added

    @property
    def uncut(self) -> int:
        """Positions of the output before its ends are removed."""
        return self.output + self.before + self.after

    @property
    def most_added(self) -> int:
        """The largest output padding: it must be below the stride or the dilation."""
        return max(self.stride, self.dilation) - 1

    @property
    def pairs(self) -> int:
        """Pairs of an input position and an output position that it is added into."""
        return inside(self.size, self.kernel, self.stride, -self.before, self.dilation, size=self.output)

    def reach(self) -> Reach:
        """Which input positions an output position reads; as many phases as the stride has positions."""
        return Reach(tuple(self._taps(phase + self.before) for phase in range(self.stride)), 1)

    def _taps(self, index: int) -> Taps | None:
        """What position `index` of the full output reads: input i at kernel element k, where i*S + k*D = `index`."""
        common = gcd(self.stride, self.dilation)
        if index % common:
            return None
        step = self.stride // common
        # The smallest k with k*D = index modulo S.
        tap = index // common * pow(self.dilation // common, -1, step) % step
        if tap >= self.kernel:
            return None
        count = (self.kernel - 1 - tap) // step + 1
        # The last kernel element reads the first position.
        first = (index - (tap + (count - 1) * step) * self.dilation) // self.stride
        return Taps(first, self.dilation // common, count)


def transposed_axes(
    volume: Shape, kernel: PerAxis, stride: PerAxis, padding: Padding, dilation: PerAxis, added: PerAxis
) -> tuple[TransposedAxis, ...]:
    """The axes of a volume; `added` is the output padding. With the padding `same`, W positions become W*S."""
    rank = volume.rank
    kernels, strides, dilations, more = (axiswise(value, rank) for value in (kernel, stride, dilation, added))
    # `same` is the padding of the convolution from W*S positions whose backward pass this is.
    source = Shape(volume.channels, tuple(w * s for w, s in zip(volume.spatial, strides, strict=True)))
    windows = sliding(source, kernels, strides, padding, dilations)
    if padding == "same":
        more = tuple(
            n + max(0, window.stride - window.extent) for n, window in zip(more, windows, strict=True)
        )
    each = zip(volume.spatial, kernels, strides, dilations, ends_of(windows), more, strict=True)
    return tuple(TransposedAxis(w, f, s, d, before, after, n) for w, f, s, d, (before, after), n in each)


def reaches(axes: tuple[TransposedAxis, ...]) -> tuple[Reach, ...] | None:
    """The reach along each axis; None if a stride is too long to list its positions one by one."""
    if max(axis.stride for axis in axes) > MOST_PHASES:
        return None
    return tuple(axis.reach() for axis in axes)
