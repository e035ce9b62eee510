"""Difference of two operands."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Sub(Arithmetic):
    """The first operand minus all others; operands can be numbers, as in `sub: [1, prev]`. Size 1 is broadcast."""

    linear = True
    operation = "sub"
    neutral = 0.0
    source: ClassVar[str] = "torch.sub; Yu et al. 2022, arXiv 2111.11418 (PoolFormer)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(8, (5, 6)),) * 2),
        Example({}, (Shape(8, (5, 6)), Shape(1, (5, 6)), Shape(8, (1, 1)))),
        Example({"numbers": (1, None)}, (Shape(8, (4, 4)),)),
        Example({"numbers": (None, 0.5)}, (Shape(10),)),
    )

    def of_numbers(self, first: float, other: float) -> float:
        return first - other

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        return first.minus(other)
