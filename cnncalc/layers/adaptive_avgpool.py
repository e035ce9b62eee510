"""Average pooling to a given size."""

from fractions import Fraction
from math import gcd, prod
from typing import ClassVar

from cnncalc.layers._convolution import kernel_text
from cnncalc.layers._field import REQUIRED, PerAxis, per_axis
from cnncalc.layers._groups import NoScratch, OwnOutput, Weightless
from cnncalc.layers._layer import Example, Inputs, Kept, Reach, TorchCall, Work, layer
from cnncalc.layers._window import axiswise
from cnncalc.shape import Shape


def most_read(size: int, output: int) -> int:
    """Positions that the largest window reads: window i of n reads from floor(i*W/n) to ceil((i + 1)*W/n)."""
    common = gcd(size, output)
    steps, period = size // common, output // common
    return steps // period + (0 if period == 1 else 1 if steps % period == 1 else 2)


def all_read(size: int, output: int) -> int:
    """Positions that all windows read together: every position once, and twice where two windows meet within one."""
    return size + output - gcd(size, output)


@layer
class AdaptiveAvgPool(Weightless, NoScratch, OwnOutput):
    """The mean of each of `output_size` windows, which together cover the input whatever its size."""

    family: ClassVar[str] = "pooling"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"output_size": 7}, (Shape(16, (14, 14)),)),
        Example({"output_size": (1, 3)}, (Shape(4, (8, 8)),)),
        Example({"output_size": 1}, (Shape(4, (3, 5, 5)),)),
        Example({"output_size": 6}, (Shape(4, (10,)),)),
    )

    output_size: PerAxis = per_axis(REQUIRED, "positions of the output", main=True)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, axiswise(self.output_size, inputs[0].rank))

    def work(self, inputs: Inputs) -> Work:
        volume, out = inputs[0], self.output(inputs)
        taps = 1
        for size, count in zip(volume.spatial, out.spatial, strict=True):
            taps *= all_read(size, count)
        return Work(adds=volume.channels * (taps - prod(out.spatial)), divides=out.size)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """By the largest window: where the output does not divide the input, they differ."""
        result = []
        for size, count in zip(inputs[0].spatial, self.output(inputs).spatial, strict=True):
            step = Fraction(size, count)
            result.append(Reach(most_read(size, count), step.numerator if step.denominator == 1 else step))
        return tuple(result)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        # To a single position PyTorch takes a mean, whose backward needs no values.
        return () if self.output(inputs).positions == 1 else (0,)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        size = axiswise(self.output_size, inputs[0].rank)
        return (TorchCall(f"nn.AdaptiveAvgPool{inputs[0].rank}d", {"output_size": size}),)

    def label(self, inputs: Inputs) -> str:
        return f"AVGPOOL->{kernel_text(self.output(inputs).spatial)}"
