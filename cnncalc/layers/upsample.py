"""A volume enlarged by a factor."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, factors
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, layer
from cnncalc.vocabulary.scaled import Scaled, factors_text, spread
from cnncalc.vocabulary.values import Factors


@layer
class Upsample(Scaled):
    """Makes every axis `scale` times as long, by the nearest value or by interpolation: floor(W*scale) positions.

    Where W*scale is no whole number, PyTorch computes positions with `scale`; with `recompute: true` it does so with
    the ratio of the sizes.
    """

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.Upsample"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"scale": 2}, (Shape(16, (13, 13)),)),
        Example({"scale": (2, 3), "mode": "bilinear"}, (Shape(4, (5, 6)),)),
        Example({"scale": 2, "mode": "bicubic", "align_corners": True}, (Shape(4, (5, 6)),)),
        Example({"scale": 4, "mode": "linear"}, (Shape(4, (7,)),)),
        Example({"scale": 2, "mode": "trilinear"}, (Shape(2, (3, 4, 5)),)),
        Example({"scale": 1.5, "mode": "bilinear"}, (Shape(4, (5, 7)),)),
        Example({"scale": (1.25, 2.5), "recompute": True, "mode": "bicubic"}, (Shape(4, (5, 7)),)),
        Example({"scale": 1.3}, (Shape(4, (9, 7)),)),
    )

    scale: Factors = factors(REQUIRED, "the factor by which each axis grows: 2, or 1.5", main=True)

    def scales(self, volume: Shape) -> tuple[float, ...]:
        return spread(self.scale, volume.rank)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        return self.scaled_sizes(inputs[0])

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.Upsample", self.scale_arguments(inputs[0])),)

    def label(self, inputs: Inputs) -> str:
        return f"UPSAMPLE{factors_text(self.scales(inputs[0]))}"
