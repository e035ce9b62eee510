"""Depthwise convolution: each channel separately."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import Convolution, kernel_text, stride_text
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.groups import ChannelsApart
from cnncalc.vocabulary.layer import Example, Inputs, layer
from cnncalc.vocabulary.standardization import StandardizesWeights
from cnncalc.vocabulary.values import Sides, Standardization
from cnncalc.vocabulary.window import axiswise


@layer
class DepthwiseConv(ChannelsApart, StandardizesWeights, Convolution):
    """A convolution with one group for each channel. Each channel has its own `multiplier` filters."""

    source: ClassVar[str] = "torch.nn.Conv2d, groups = in_channels; Howard et al. 2017, arXiv 1704.04861"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 3, "padding": 1}, (Shape(32, (112, 112)),)),
        Example({"kernel": 3, "stride": 2, "padding": "same", "bias": False}, (Shape(8, (14, 14)),)),
        Example({"multiplier": 2, "kernel": 5, "padding": "half", "dilation": 2}, (Shape(4, (30,)),)),
        Example({"kernel": 3, "padding": Sides(top=1, left=2)}, (Shape(6, (9, 8)),)),
        Example({"kernel": (1, 3, 3), "padding": "half"}, (Shape(3, (4, 6, 6)),)),
        Example({"kernel": 5, "padding": 2, "padding_mode": "circular"}, (Shape(4, (9, 8)),)),
        Example({"kernel": 3, "padding": 1, "standardize": Standardization(gain=True)}, (Shape(4, (9, 8)),)),
        Example({"kernel": 3, "parametrize": "spectral_norm"}, (Shape(4, (9,)),)),
        Example({"kernel": 3, "padding": Sides(left=2), "padding_mode": "reflect"}, (Shape(4, (9, 8)),)),
    )

    multiplier: int = integer(
        1, "filters for each channel: the output has channels*multiplier channels", main=True
    )

    def filters_over(self, channels: int) -> int:
        return channels * self.multiplier

    def groups_over(self, channels: int) -> int:
        return channels

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        by = f"x{self.multiplier}" if self.multiplier > 1 else ""
        return (
            f"DWCONV{kernel_text(axiswise(self.kernel, rank))}{stride_text(axiswise(self.stride, rank))}{by}"
        )
