"""Softmax over the channels."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs
from cnncalc.vocabulary.groups import ChannelsScaled, KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import InOrder
from cnncalc.vocabulary.limits import Limits


@layer
class Softmax(OfOutputs, ChannelsScaled, InOrder, Activation, KeepsOutput):
    """exp(x) divided by its sum over the channels (or the features), at each position."""

    autocast = "float32"
    gives = Limits(0, 1)
    leaves = None
    keeps_sign = True
    loss = "cross-entropy (`nn.CrossEntropyLoss`) takes logits, and its own log-softmax does not overflow"
    source: ClassVar[str] = "torch.nn.Softmax(dim=1); CS231n notes, Softmax classifier"
    module: ClassVar[str] = "nn.Softmax"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, inputs[0].positions
        # The largest value is subtracted first, so that no exponential overflows.
        return Work(compares=values - rows, adds=2 * values - rows, exponentials=values, divides=values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"dim": 1}),)
