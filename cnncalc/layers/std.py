"""The standard deviation along axes."""

from collections.abc import Iterator
from math import inf
from typing import Any, ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Example,
    Inputs,
    Kept,
    Problem,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.reduction import REDUCTIONS, Reduction
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class Std(Reduction):
    """The standard deviation along axes, for each channel separately unless they are channels.

    It is the square root of the sum of squared distances from the mean, divided by n - `correction`.
    """

    autocast = "input"
    linear = False
    module: ClassVar[str] = "own.Std"
    source: ClassVar[str] = "torch.std"
    examples: ClassVar[tuple[Example, ...]] = (
        *REDUCTIONS,
        Example({"correction": 0}, (Shape(8, (4, 4)),)),
    )

    correction: int = integer(1, "what is subtracted from the number of values, as in torch.std", low=0)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        blocked = tuple(super().problems(inputs))
        yield from blocked
        if not blocked and (count := self.joins(inputs[0])) <= self.correction:
            yield Problem(
                value_faults.TOO_FEW_VALUES,
                f"std divides by n - correction = {count} - {self.correction} = {count - self.correction}: "
                f"there {'is' if count == 1 else 'are'} only {counted(count, 'value')} along the reduced axes",
                "correction",
                help=f"write `correction: {count - 1}`" + (", or reduce more axes" if count == 1 else ""),
                changes=(Change("correction", count - 1),),
                blocking=False,
            )

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return Limits(0, inf)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, "output")

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Of the root first, then of the variance: `std_backward` and `var_backward`."""
        shape = inputs[0].torch
        of_variance = tuple(self.of_output(name, inputs) for name in ("twice", "grad_variance"))
        zeros = self.of_output("zeros", inputs, "bool")
        scaled, mean = self.of_output("scaled", inputs), self.of_output("mean", inputs)
        return (
            Step((*of_variance, zeros), ("twice", "zeros")),
            Step(
                (scaled, mean, Tensor("centred", shape, batched=True), Tensor("grad0", shape, batched=True))
            ),
        )

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape, small = inputs[0].torch, self.one_sized(inputs[0]).torch
        centred = elementwise(shape, [(shape, call.lies()), (small, None)])
        of_variance = elementwise(small, [(small, self.restored(inputs, call)), (small, None)])
        return elementwise(shape, [(small, of_variance), (shape, centred)])

    def work(self, inputs: Inputs) -> Work:
        values, results = inputs[0].size, self.output(inputs).size
        return Work(
            multiplies=values,
            adds=3 * values - 2 * results,
            divides=2 * results,
            exponentials=results,
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        more: dict[str, Any] = {} if self.correction == 1 else {"correction": self.correction}
        return (TorchCall(call.target, {**call.arguments, **more}),)
