"""Sum of two or more operands."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.arithmetic import Arithmetic
from cnncalc.vocabulary.layer import Example, Inputs, Problem, layer
from cnncalc.vocabulary.layer_type import unwritten
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.merge import elementwise_problems

SUM = "a residual does not broadcast; the sum does: `add: [prev, [learned: ...]]`"


@layer
class Add(Arithmetic):
    """The elementwise sum of its operands and numbers. An axis (or the channels) of size 1 is broadcast."""

    linear = True
    operation = "add"
    neutral = 0.0
    commutes = True
    partial = "sum"
    source: ClassVar[str] = "torch.add; He et al. 2015, arXiv 1512.03385 (residual connections)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),) * 2),
        Example({}, (Shape(10),) * 3),
        Example({}, (Shape(8, (4, 4)), Shape(8, (1, 1)))),
        Example({"numbers": (None, 0.5)}, (Shape(8, (4, 4)),)),
    )

    # Whether shapes must be equal: the sum of a residual never broadcasts.
    exact: bool = unwritten(False)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.exact:
            for problem in elementwise_problems(inputs, broadcast=False):
                learned = not all(shape.batched for shape in inputs)
                yield problem._replace(help=SUM) if learned else problem
        else:
            yield from super().problems(inputs)

    def of_numbers(self, first: float, other: float) -> float:
        return first + other

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        return first.plus(other)
