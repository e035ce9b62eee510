"""The sum over axes."""

from typing import ClassVar

from cnncalc.vocabulary.gradients import PassesGradient
from cnncalc.vocabulary.groups import FullOnCudaWithin, KeepsNothing
from cnncalc.vocabulary.layer import Call, Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.reduction import OVER, REDUCTIONS, Reduction
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import POSITIONS, axes


@layer
class Sum(FullOnCudaWithin, PassesGradient, Reduction, KeepsNothing):
    """The sum over axes, for each channel separately unless they are channels. (`add` is the sum of several layers.)"""

    autocast = "float32"
    linear = True
    module: ClassVar[str] = "own.Sum"
    source: ClassVar[str] = "torch.sum"
    examples: ClassVar[tuple[Example, ...]] = REDUCTIONS

    over: AxisNames = axes(
        POSITIONS, OVER, main=True, of_names="`add: [prev, NAME]` is the sum of several layers"
    )

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        (entering,) = before
        return Limits(self.joins(inputs[0]) * entering.low, self.joins(inputs[0]) * entering.high)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The gradient of the output itself, expanded."""
        return self.spread_gradient(inputs, call)

    def work(self, inputs: Inputs) -> Work:
        return Work(adds=inputs[0].size - self.output(inputs).size)
