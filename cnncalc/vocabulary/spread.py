"""What the variance and the standard deviation along axes have in common."""

from collections.abc import Iterator
from math import inf
from typing import Any

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.field import base, integer
from cnncalc.vocabulary.layer import Change, Example, Inputs, Problem, Step, Tensor, TorchCall
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.reduction import REDUCTIONS, Reduction

SPREADS: tuple[Example, ...] = (*REDUCTIONS, Example({"correction": 0}, (Shape(8, (4, 4)),)))


@base
class Spread(Reduction):
    """How far values along axes are from their mean: the sum of squared distances over n - `correction`."""

    autocast = "input"
    linear = False

    correction: int = integer(1, "what is subtracted from the number of values, as in PyTorch", low=0)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        blocked = tuple(super().problems(inputs))
        yield from blocked
        if not blocked and (count := self.joins(inputs[0])) <= self.correction:
            yield Problem(
                value_faults.TOO_FEW_VALUES,
                f"{self.key} divides by n - correction = {count} - {self.correction} = {count - self.correction}: "
                f"there {'is' if count == 1 else 'are'} only {counted(count, 'value')} along the reduced axes",
                "correction",
                help=f"write `correction: {count - 1}`" + (", or reduce more axes" if count == 1 else ""),
                changes=(Change("correction", count - 1),),
                blocking=False,
            )

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return Limits(0, inf)

    def back_through_variance(self, inputs: Inputs) -> Step:
        """The gradient of the input from that of the variance: `var_backward`."""
        shape = inputs[0].torch
        scaled, centre = self.of_output("scaled", inputs), self.of_output("centre", inputs)
        return Step(
            (scaled, centre, Tensor("centred", shape, batched=True), Tensor("grad0", shape, batched=True))
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        more: dict[str, Any] = {} if self.correction == 1 else {"correction": self.correction}
        return (TorchCall(call.target, {**call.arguments, **more}),)
