"""Logarithm of softmax over the channels."""

from math import inf
from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs
from cnncalc.vocabulary.groups import ChannelsScaled, KeepsOutput
from cnncalc.vocabulary.layer import Call, Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import InOrder
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class LogSoftmax(OfOutputs, ChannelsScaled, InOrder, Activation, KeepsOutput):
    """x minus the logarithm of the sum of exp(x) over the channels (or the features), at each position."""

    autocast = "float32"
    gives = Limits(-inf, 0)
    leaves = None
    keeps_sign = False
    loss = "cross-entropy (`nn.CrossEntropyLoss`) takes logits; only `nn.NLLLoss` takes these"
    source: ClassVar[str] = "torch.nn.LogSoftmax(dim=1)"
    module: ClassVar[str] = "nn.LogSoftmax"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, inputs[0].positions
        # The largest value is subtracted first, so that no exponential overflows; one logarithm for each row.
        return Work(compares=values - rows, adds=3 * values - rows, exponentials=values + rows)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """In order; on tensors of a subclass, whose gradient takes several operations, as that of the output."""
        shape = inputs[0].torch
        return elementwise(shape, [(shape, call.grad)]) if call.subclasses else None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"dim": 1}),)
