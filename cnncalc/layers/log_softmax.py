"""Logarithm of softmax."""

from math import inf
from typing import ClassVar

from cnncalc.vocabulary.layer import Call, Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.softmax import OVER_AXES, SoftmaxOver
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class LogSoftmax(SoftmaxOver):
    """x minus the logarithm of the sum of exp(x) over the channels (or the features), or over other axes."""

    gives = Limits(-inf, 0)
    keeps_sign = False
    instead = "cross-entropy (`nn.CrossEntropyLoss`) takes logits; only `nn.NLLLoss` takes these"
    source: ClassVar[str] = "torch.nn.LogSoftmax(dim=1)"
    module: ClassVar[str] = "nn.LogSoftmax"
    examples: ClassVar[tuple[Example, ...]] = OVER_AXES

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, self.rows(inputs)
        # The largest value is subtracted first, so that no exponential overflows; one logarithm for each row.
        return Work(compares=values - rows, adds=3 * values - rows, exponentials=values + rows)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """In order; on tensors of a subclass, whose gradient takes several operations, as that of the output."""
        shape = inputs[0].torch
        if not call.subclasses or self._copied(inputs, call.grad, call.images):
            return super().gradient_lies(inputs, which, call)
        return elementwise(shape, [(shape, call.grad)])
