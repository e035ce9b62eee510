"""Hyperbolic tangent."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Tanh(OfOutputs, Activation, KeepsOutput):
    """tanh(x); counted as one exponential."""

    autocast = "input"
    gives = Limits(-1, 1)
    leaves = None
    keeps_sign = True
    loss = None
    source: ClassVar[str] = "torch.nn.Tanh; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.Tanh"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(exponentials=values)
