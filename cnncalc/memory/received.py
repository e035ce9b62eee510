"""A copy of another device's tensor: `x.to("cuda:1")`."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.groups import Elementwise, KeepsNothing, OwnOutput, PicksValues
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer


@layer
class Received(PicksValues, Elementwise, OwnOutput, KeepsNothing):
    """The same values on another device; in the backward pass its gradient is copied back."""

    family: ClassVar[str] = "shape"
    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.Tensor.to"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return ()
