"""The variance along axes."""

from typing import ClassVar

from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Step, Work, layer
from cnncalc.vocabulary.spread import SPREADS, Spread
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class Var(Spread):
    """The variance along axes, for each channel separately unless they are channels.

    It is the sum of squared distances from the mean, divided by n - `correction`.
    """

    module: ClassVar[str] = "own.Var"
    source: ClassVar[str] = "torch.var"
    examples: ClassVar[tuple[Example, ...]] = SPREADS

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0,)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return (self.back_through_variance(inputs),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape, small = inputs[0].torch, self.one_sized(inputs[0]).torch
        centred = elementwise(shape, [(shape, call.lies()), (small, None)])
        scaled = elementwise(small, [(small, self.restored(inputs, call))])
        return elementwise(shape, [(small, scaled), (shape, centred)])

    def work(self, inputs: Inputs) -> Work:
        values, results = inputs[0].size, self.output(inputs).size
        return Work(multiplies=values, adds=3 * values - 2 * results, divides=2 * results)
