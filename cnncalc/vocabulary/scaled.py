"""What resizing layers have in common whose size is given by a factor."""

from collections.abc import Iterator
from math import floor
from typing import Any

from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted, fraction, plain, shown
from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.field import base, flag
from cnncalc.vocabulary.interpolation import MODES, Interpolation
from cnncalc.vocabulary.layer import Inputs, Problem, Reach
from cnncalc.vocabulary.neighbours import scaled
from cnncalc.vocabulary.values import Factors

# A factor of a decimal number is shown as a fraction with no larger denominator.
LARGEST_DENOMINATOR = 1000

TWO_READINGS = DiagnosticKind(
    "S036",
    "scale-read-two-ways",
    Severity.WARNING,
    "A `scale` that is no whole number gives as many positions as before, or twice as many. PyTorch's forward and "
    "backward passes then read different positions (2.13), for nearest and bicubic.",
    "The gradient is that of another function than the one that was computed. Which positions an output reads is "
    "unknown.",
    invalid="cnncalc: 1\ninput: 3x3x16\nlayers:\n  - upsample: 1.25\n",
    valid="cnncalc: 1\ninput: 3x3x16\nlayers:\n  - upsample: {scale: 1.25, recompute: true}\n",
    source="ATen/native/UpSample.h, nearest_idx; ATen/native/cpu/UpSampleKernel.cpp",
)


@base
class Scaled(Interpolation):
    """A volume whose axes are longer or shorter by a factor: floor(W*scale) positions.

    If W*scale is no whole number, the output has a little less than `scale` times the input's positions. PyTorch then
    computes positions with `scale` as written, or (`recompute`) with the ratio of both sizes.
    """

    recompute: bool = flag(
        False,
        "compute positions with the ratio of the sizes, not with `scale` (PyTorch's recompute_scale_factor): they "
        "differ where W*scale is no whole number",
    )

    def scales(self, volume: Shape) -> tuple[float, ...] | None:
        """The factor along each axis; None if sizes are given."""
        raise NotImplementedError

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from super().problems(inputs)
        for axis, size, factor in zip(
            inputs[0].axes, inputs[0].spatial, self.scales(inputs[0]) or (), strict=False
        ):
            if size * factor < 1:
                yield Problem(
                    window_faults.EMPTY_OUTPUT,
                    f"{axis}: {shown(factor)} of {counted(size, 'position')} is less than 1",
                    "scale",
                    help=f"a scale of 1/{size} or more leaves at least 1",
                )
                return
        if (twofold := self._read_two_ways(inputs)) is not None:
            index = inputs[0].axes.index(twofold)
            size, out = inputs[0].spatial[index], self.sizes(inputs)[index]
            by = shown((self.scales(inputs[0]) or ())[index])
            yield Problem(
                TWO_READINGS,
                f"{twofold}: {size}*{by} rounded down is {out}, and PyTorch's forward and backward passes read "
                "different positions",
                "scale",
                help="write `recompute: true`: both passes then compute the positions from the sizes",
                blocking=False,
            )

    def _by_scale(self, volume: Shape) -> tuple[float, ...] | None:
        """The factors, if PyTorch computes positions with them."""
        follows_sizes = self.recompute or (self.align_corners and MODES[self.mode][0] > 1)
        return None if follows_sizes else self.scales(volume)

    def _read_two_ways(self, inputs: Inputs) -> str | None:
        """An axis along which PyTorch's passes read different positions."""
        volume, (taps, _) = inputs[0], MODES[self.mode]
        factors, sizes = self._by_scale(volume), self.sizes(inputs)
        if factors is None or all(isinstance(factor, int) for factor in factors):
            return None
        if taps == 4:
            # The backward pass copies if no size changes.
            return volume.axes[0] if sizes == volume.spatial else None
        for axis, size, out, factor in zip(volume.axes, volume.spatial, sizes, factors, strict=True):
            by_sizes = isinstance(factor, int) or out not in (size, 2 * size) or taps > 1
            if not by_sizes and scaled(size, out, factor, taps) != scaled(size, out, out // size, taps):
                return axis
        return None

    def scaled_sizes(self, volume: Shape) -> tuple[int, ...]:
        """As PyTorch computes them: rounded down, with floats of 64 bits."""
        pairs = zip(volume.spatial, self.scales(volume) or (), strict=True)
        return tuple(
            size * factor if isinstance(factor, int) else floor(size * factor) for size, factor in pairs
        )

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        factors = self._by_scale(inputs[0])
        if factors is None:
            return super().reach(inputs)
        if self._read_two_ways(inputs) is not None:
            return None
        taps, _ = MODES[self.mode]
        reaches = []
        for size, out, factor in zip(inputs[0].spatial, self.sizes(inputs), factors, strict=True):
            # Linear interpolation copies along an axis whose size stays.
            by_sizes = isinstance(factor, int) or size == 1 or (taps == 2 and out == size)
            reach = self._reach(size, out) if by_sizes else scaled(size, out, factor, taps)
            if reach is None:
                return None
            step = plain(1 / fraction(factor).limit_denominator(LARGEST_DENOMINATOR))
            reaches.append(reach if by_sizes else reach._replace(step=step))
        return tuple(reaches)

    def scale_arguments(self, volume: Shape) -> dict[str, Any]:
        """The arguments of PyTorch's module."""
        again = {"recompute_scale_factor": True} if self.recompute else {}
        return {"scale_factor": self.scales(volume), **self.filling(), **again}


def spread(value: Factors, rank: int) -> tuple[float, ...]:
    """One factor for each axis."""
    return value if isinstance(value, tuple) else (value,) * rank


def factors_text(factors: tuple[float, ...]) -> str:
    """`2`, or `2x1.5`."""
    words = [shown(factor) for factor in factors]
    return words[0] if len(set(words)) == 1 else "x".join(words)
