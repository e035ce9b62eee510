"""A volume enlarged by a whole factor."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.field import REQUIRED, PerAxis, per_axis
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, layer
from cnncalc.vocabulary.window import axiswise


@layer
class Upsample(Interpolation):
    """Makes every axis `scale` times as long, by the nearest value or by interpolation."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.Upsample"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"scale": 2}, (Shape(16, (13, 13)),)),
        Example({"scale": (2, 3), "mode": "bilinear"}, (Shape(4, (5, 6)),)),
        Example({"scale": 2, "mode": "bicubic", "align_corners": True}, (Shape(4, (5, 6)),)),
        Example({"scale": 4, "mode": "linear"}, (Shape(4, (7,)),)),
        Example({"scale": 2, "mode": "trilinear"}, (Shape(2, (3, 4, 5)),)),
    )

    scale: PerAxis = per_axis(REQUIRED, "the factor by which each axis grows", main=True)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        scales = axiswise(self.scale, inputs[0].rank)
        return tuple(size * scale for size, scale in zip(inputs[0].spatial, scales, strict=True))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (
            TorchCall(
                "nn.Upsample", {"scale_factor": axiswise(self.scale, inputs[0].rank), **self.filling()}
            ),
        )

    def label(self, inputs: Inputs) -> str:
        return f"UPSAMPLE{kernel_text(axiswise(self.scale, inputs[0].rank))}"
