"""Convolution over one to three spatial axes."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import Convolution, kernel_text, stride_text
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.layer import Example, Inputs, layer
from cnncalc.vocabulary.standardization import StandardizesWeights
from cnncalc.vocabulary.values import Sides, Standardization
from cnncalc.vocabulary.window import axiswise


@layer
class Conv(StandardizesWeights, Convolution):
    """Applies K filters of size F x F to every window of the input. Each filter reads the channels of its group."""

    source: ClassVar[str] = "torch.nn.Conv2d; CS231n notes, Convolutional Layer"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 64, "kernel": 3, "padding": 1}, (Shape(3, (32, 32)),)),
        Example({"filters": 96, "kernel": 11, "stride": 4}, (Shape(3, (227, 227)),)),
        Example({"filters": 16, "kernel": (3, 1), "padding": "half", "dilation": 2}, (Shape(8, (20, 20)),)),
        Example(
            {"filters": 32, "kernel": 3, "stride": 2, "padding": "same", "groups": 4}, (Shape(8, (10, 10)),)
        ),
        Example({"filters": 8, "kernel": 5, "bias": False}, (Shape(2, (100,)),)),
        Example({"filters": 8, "kernel": 3, "padding": 1}, (Shape(1, (8, 16, 16)),)),
        Example({"filters": 8, "kernel": 2, "padding": "causal", "dilation": 4}, (Shape(4, (20,)),)),
        Example({"filters": 4, "kernel": 3, "padding": Sides(left=2)}, (Shape(2, (12,)),)),
        Example(
            {"filters": 4, "kernel": 3, "padding": Sides(front=2, top=1, bottom=1)}, (Shape(2, (4, 5, 6)),)
        ),
        Example({"filters": 4, "kernel": 3, "padding": 1, "padding_mode": "reflect"}, (Shape(3, (9, 8)),)),
        Example(
            {"filters": 4, "kernel": 3, "padding": "causal", "padding_mode": "replicate"}, (Shape(3, (9,)),)
        ),
        Example(
            {"filters": 4, "kernel": 3, "stride": 2, "padding": "same", "padding_mode": "circular"},
            (Shape(3, (8, 6)),),
        ),
        Example(
            {"filters": 4, "kernel": 3, "padding": 1, "padding_mode": "circular"}, (Shape(2, (4, 5, 6)),)
        ),
        Example({"filters": 6, "kernel": 3, "standardize": Standardization()}, (Shape(4, (8, 8)),)),
        Example({"filters": 5, "kernel": 3, "standardize": Standardization()}, (Shape(2, (9,)),)),
        Example(
            {"filters": 3, "kernel": 2, "standardize": Standardization(gain=True)}, (Shape(2, (3, 4, 5)),)
        ),
        Example(
            {
                "filters": 6,
                "kernel": 3,
                "padding": "same",
                "stride": 2,
                "groups": 2,
                "standardize": Standardization(gain=True, gamma=1.7, eps=1e-5),
            },
            (Shape(4, (8, 8)),),
        ),
        Example({"filters": 6, "kernel": 3, "parametrize": "weight_norm"}, (Shape(4, (12,)),)),
        Example({"filters": 6, "kernel": 2, "parametrize": "spectral_norm"}, (Shape(4, (4, 5, 6)),)),
    )

    filters: int = integer(
        REQUIRED, "number of filters: the channels of the output", letter="K", main=True, example=64
    )
    groups: int = integer(1, "number of groups of channels and filters; each group is a separate convolution")

    def filters_over(self, channels: int) -> int:
        return self.filters

    def groups_over(self, channels: int) -> int:
        return self.groups

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"CONV{size}-{self.filters}"
