"""Power of two operands."""

from collections.abc import Iterator
from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, layer
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits
from cnncalc.vocabulary.strides import Lying


@layer
class Pow(Arithmetic):
    """The first operand to the power of the second; one can be a number: `pow: [prev, 2]`. Size 1 is broadcast."""

    autocast = "float32"
    linear = False
    operation = "pow"
    neutral = 1.0
    source: ClassVar[str] = "torch.pow"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"numbers": (None, 2)}, (Shape(8, (5, 6)),)),
        Example({"numbers": (None, 0.5)}, (Shape(10),)),
        Example({"numbers": (2, None)}, (Shape(8, (4, 4)),)),
        Example({}, (Shape(8, (4, 4)),) * 2),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        count = len(self.terms(inputs))
        if count > 2:
            yield Problem(
                value_faults.NOT_A_NUMBER,
                f"pow has a base and an exponent, but there are {count} operands",
                help="put the inner power into a branch: `pow: [[pow: [a, b]], c]`",
            )
            return
        yield from super().problems(inputs)
        base = self.numbers[0] if self.numbers else None
        if base is not None and base < 0:
            yield Problem(
                value_faults.NOT_A_NUMBER,
                f"the base is the number {base:g}, and only whole powers of a negative number are numbers",
                help=f"write {-base:g}, or take the power of the layer: `pow: [prev, 2]`",
                blocking=False,
            )

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """A power of a number is in order on a CPU."""
        of_number = bool(self.numbers) and self.numbers[0] is not None
        return None if of_number and call.real_on_cpu else super().lies(inputs, call)

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        # An odd exponent alone keeps the sign: roots of negative values are no numbers.
        known = other.low == other.high and other.low % 2 != 1
        return Limits(0, inf) if known or first.within(NOT_NEGATIVE) else ANY
