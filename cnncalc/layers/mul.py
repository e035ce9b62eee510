"""Product of two or more operands."""

from typing import ClassVar

from cnncalc.layers.scale import Scale
from cnncalc.shape import Shape
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Example, Layer, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Mul(Arithmetic):
    """The elementwise product of its operands and numbers. An axis (or the channels) of size 1 is broadcast."""

    operation = "mul"
    neutral = 1.0
    commutes = True
    partial = "product"
    takes_one_value_twice: ClassVar[bool] = True
    source: ClassVar[str] = "torch.mul; Hu et al. 2017, arXiv 1709.01507 (squeeze and excitation)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (14, 14)), Shape(64, (1, 1)))),
        Example({}, (Shape(10),) * 2),
        Example({}, (Shape(8, (4, 4)),) * 3),
        Example({"numbers": (None, 0.1)}, (Shape(8, (4, 4)),)),
        Example({"numbers": (2, None, 0.5, None)}, (Shape(8, (4, 4)), Shape(8, (4, 4)))),
    )

    @property
    def linear(self) -> bool:  # type: ignore[override]
        return self.one_tensor

    @property
    def in_code(self) -> Layer:
        return self if self.single_number is None else Scale(factor=float(self.single_number))

    def of_numbers(self, first: float, other: float) -> float:
        return first * other

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        return first.times(other)
