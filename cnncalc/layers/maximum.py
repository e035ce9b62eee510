"""The largest of several values."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Maximum(Arithmetic):
    """The largest of the values of its operands at each place; operands can be numbers. Size 1 is broadcast."""

    linear = False
    operation = "maximum"
    commutes = True
    source: ClassVar[str] = "torch.maximum; Goodfellow et al. 2013, arXiv 1302.4389 (maxout)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(8, (5, 6)),) * 2),
        Example({}, (Shape(8, (5, 6)), Shape(8, (1, 1)), Shape(8, (5, 6)))),
        Example({"numbers": (None, 0.5)}, (Shape(8, (4, 4)),)),
        Example({}, (Shape(10),) * 2),
    )

    def of_numbers(self, first: float, other: float) -> float:
        return max(first, other)

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        return Limits(max(first.low, other.low), max(first.high, other.high))
