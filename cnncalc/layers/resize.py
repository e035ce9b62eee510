"""A volume at a given size."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.field import REQUIRED, PerAxis, per_axis
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, layer
from cnncalc.vocabulary.window import axiswise


@layer
class Resize(Interpolation):
    """Resizes a volume to `size` positions along each axis, by the nearest value or by interpolation."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.Upsample(size); torch.nn.functional.interpolate"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"size": 20}, (Shape(16, (13, 13)),)),
        Example({"size": (7, 4), "mode": "bilinear"}, (Shape(4, (5, 6)),)),
        Example({"size": 9, "mode": "bicubic", "align_corners": True}, (Shape(4, (5, 6)),)),
        Example({"size": 3, "mode": "linear"}, (Shape(4, (7,)),)),
        Example({"size": 6, "mode": "trilinear"}, (Shape(2, (3, 4, 5)),)),
    )

    size: PerAxis = per_axis(REQUIRED, "positions of the output", main=True)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        return axiswise(self.size, inputs[0].rank)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.Upsample", {"size": self.sizes(inputs), **self.filling()}),)

    def label(self, inputs: Inputs) -> str:
        return f"RESIZE->{kernel_text(self.sizes(inputs))}"
