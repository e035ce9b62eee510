"""Logistic sigmoid."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer


@layer
class Sigmoid(Activation, KeepsOutput):
    """1/(1 + exp(-x))."""

    source: ClassVar[str] = "torch.nn.Sigmoid; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.Sigmoid"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(adds=values, divides=values, exponentials=values)
