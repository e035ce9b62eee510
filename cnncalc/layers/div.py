"""Quotient of two operands."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Call, Example, Inputs, Precision, Problem, Step, layer
from cnncalc.vocabulary.limits import ANY, Limits


@layer
class Div(Arithmetic):
    """The first operand divided by all others; operands can be numbers, as in `div: [prev, 6]`. Size 1 is broadcast."""

    operation = "div"
    neutral = 1.0
    source: ClassVar[str] = "torch.div; Woo et al. 2023, arXiv 2301.00808 (GRN)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(8, (5, 6)),) * 2),
        Example({}, (Shape(8, (5, 6)), Shape(8, (1, 1)))),
        Example({"numbers": (None, 6)}, (Shape(8, (4, 4)),)),
        Example({"numbers": (1, None)}, (Shape(10),)),
    )

    def autocast_on_cuda(self, inputs: Inputs, lower: str) -> Precision:
        """A number over a tensor is a reciprocal, which is in float32; others that it is divided by are promoted."""
        if not self.numbers or self.numbers[0] is None:
            return self.autocast
        return "float32" if self.one_tensor else "promotes"

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """What is cast for a reciprocal is gone after it."""
        first, *others = super().forward_of(inputs, call)
        return first._replace(casts=(0,)) if call.casts else first, *others

    @property
    def linear(self) -> bool:  # type: ignore[override]
        return self.one_tensor and self.numbers[0] is None

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from super().problems(inputs)
        if 0 in self.numbers[1:]:
            yield Problem(
                value_faults.NOT_A_NUMBER,
                f"operand {self.numbers.index(0, 1) + 1} is the number 0, and a value divided by 0 is infinite",
                help="write another number, such as 1e-6",
                blocking=False,
            )

    def of_numbers(self, first: float, other: float) -> float:
        return first / other if other else first

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        if other.low == other.high and other.low:
            return first.times(Limits(1 / other.low, 1 / other.low))
        # Divided by what is positive, a value keeps its sign.
        return Limits(0, ANY.high) if first.low >= 0 and other.low >= 0 else ANY
