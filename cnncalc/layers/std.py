"""The standard deviation along axes."""

from typing import ClassVar

from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Step, Work, layer
from cnncalc.vocabulary.spread import SPREADS, Spread
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class Std(Spread):
    """The standard deviation along axes, for each channel separately unless they are channels.

    It is the square root of the sum of squared distances from the mean, divided by n - `correction`.
    """

    module: ClassVar[str] = "own.Std"
    source: ClassVar[str] = "torch.std"
    examples: ClassVar[tuple[Example, ...]] = SPREADS

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, "output")

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Of the root first, then of the variance: `std_backward` and `var_backward`."""
        of_variance = tuple(self.of_output(name, inputs) for name in ("twice", "grad_variance"))
        zeros = self.of_output("zeros", inputs, "bool")
        return (Step((*of_variance, zeros), ("twice", "zeros")), self.back_through_variance(inputs))

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
