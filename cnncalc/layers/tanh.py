"""Hyperbolic tangent."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer


@layer
class Tanh(Activation, KeepsOutput):
    """tanh(x); counted as one exponential."""

    source: ClassVar[str] = "torch.nn.Tanh; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.Tanh"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(exponentials=values)
