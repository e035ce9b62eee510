"""What poolings to a given output size have in common: their windows."""

from math import gcd
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.field import REQUIRED, base, per_axis
from cnncalc.vocabulary.groups import (
    FullOverThreeAxes,
    NoStatistics,
    OneAxisAsTwo,
    OwnOutput,
    PicksValues,
    Weightless,
)
from cnncalc.vocabulary.layer import Call, Inputs, Reach, Step, Tensor
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying, elementwise
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise


def most_read(size: int, output: int) -> int:
    """The size of the largest window: window i of n reads from floor(i*W/n) to ceil((i + 1)*W/n)."""
    common = gcd(size, output)
    steps, period = size // common, output // common
    return steps // period + (0 if period == 1 else 1 if steps % period == 1 else 2)


def all_read(size: int, output: int) -> int:
    """The sum of all window sizes: each position counts once, or twice if two windows share it."""
    return size + output - gcd(size, output)


def _reach(size: int, output: int) -> Reach | None:
    common = gcd(size, output)
    shift, period = size // common, output // common
    if period > MOST_PHASES:
        return None
    starts = [index * shift // period for index in range(period)]
    ends = [-(-(index + 1) * shift // period) for index in range(period)]
    return Reach(tuple(Taps(a, 1, b - a) for a, b in zip(starts, ends, strict=True)), shift)


class MeanOfAll(KeepsFormat):
    """For one output position PyTorch computes a mean. In channels-last format it sets the strides itself.

    `adaptive_avg_pool2d` in aten/src/ATen/native/AdaptiveAveragePooling.cpp: `as_strided_`, whose backward pass copies.
    """

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = super().backward_of(inputs, wanted, call)
        if self.output(inputs).positions > 1 or not self.has_last(inputs[0], call.lies()):
            return steps
        return Step((Tensor("grad_strided", self.output(inputs).torch, batched=True),), ("grad",)), *steps

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The gradient of the output, expanded to all positions: the strides along axes of size 1 stay the same."""
        volume, output = inputs[0], self.output(inputs)
        spread = output.positions == 1 and volume.rank > 1 and not self.has_last(volume, call.lies())
        if not spread or call.grad is None:
            return super().gradient_lies(inputs, which, call)
        return elementwise(volume.torch, [(output.torch, call.grad)])


@base
class AdaptivePool(
    FullOverThreeAxes, NoStatistics, PicksValues, KeepsFormat, OneAxisAsTwo, Weightless, OwnOutput
):
    """For each channel separately, one number for each of `output_size` windows."""

    autocast = "input"
    family: ClassVar[str] = "pooling"
    takes = "volume"
    one_axis = "as two"
    formats = (1, 2)

    output_size: PerAxis = per_axis(REQUIRED, "positions of the output", main=True)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        return axiswise(self.output_size, inputs[0].rank)

    def size_text(self, inputs: Inputs) -> str:
        return kernel_text(self.sizes(inputs))

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.sizes(inputs))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Window i of n reads from floor(i*W/n) to ceil((i + 1)*W/n): PyTorch's integers, without rounding."""
        sizes = zip(inputs[0].spatial, self.sizes(inputs), strict=True)
        reaches = [_reach(size, count) for size, count in sizes]
        known = [reach for reach in reaches if reach is not None]
        return tuple(known) if len(known) == len(reaches) else None
