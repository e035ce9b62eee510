"""Softmax."""

from typing import ClassVar

from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.softmax import OVER_AXES, SoftmaxOver


@layer
class Softmax(SoftmaxOver):
    """exp(x) divided by its sum over the channels (or the features) at each position, or over other axes."""

    gives = Limits(0, 1)
    keeps_sign = True
    instead = "cross-entropy (`nn.CrossEntropyLoss`) takes logits, and its own log-softmax does not overflow"
    source: ClassVar[str] = "torch.nn.Softmax(dim=1); CS231n notes, Softmax classifier"
    module: ClassVar[str] = "nn.Softmax"
    examples: ClassVar[tuple[Example, ...]] = OVER_AXES

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, self.rows(inputs)
        # The largest value is subtracted first, so that no exponential overflows.
        return Work(compares=values - rows, adds=2 * values - rows, exponentials=values, divides=values)
