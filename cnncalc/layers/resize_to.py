"""A volume at the size of another volume."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.layer import Example, Inputs, Problem, TorchCall, layer
from cnncalc.vocabulary.size_of import SizeOf


@layer
class ResizeTo(SizeOf, Interpolation):
    """Resizes the first operand to the size of the second, by the nearest value or by interpolation."""

    source: ClassVar[str] = "torch.nn.functional.interpolate(size); torchvision.models.segmentation"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"mode": "bilinear"}, (Shape(21, (7, 8)), Shape(3, (20, 17)))),
        Example({}, (Shape(4, (10,)), Shape(3, (7,)))),
        Example({"mode": "trilinear", "align_corners": True}, (Shape(2, (4, 5, 6)), Shape(3, (3, 5, 7)))),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from SizeOf.problems(self, inputs)
        yield from Interpolation.problems(self, inputs)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        return inputs[1].spatial

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.ResizeTo", self.filling()),)
