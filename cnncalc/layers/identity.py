"""The identity."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.gradients import HandsOn
from cnncalc.vocabulary.groups import Elementwise, KeepsNothing, PicksValues, ViewOutput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Strides


@layer
class Identity(PicksValues, HandsOn, Elementwise, ViewOutput, KeepsNothing):
    """Returns its input unchanged."""

    family: ClassVar[str] = "shape"
    autocast = "input"
    linear = True
    one_of_views = False
    source: ClassVar[str] = "torch.nn.Identity"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def part(self, inputs: Inputs) -> Ranges:
        return tuple(map(range, inputs[0].torch))

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        return strides

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.Identity"),)
