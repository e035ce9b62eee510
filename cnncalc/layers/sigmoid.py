"""Logistic sigmoid."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Sigmoid(OfOutputs, Activation, KeepsOutput):
    """1/(1 + exp(-x))."""

    autocast = "input"
    gives = Limits(0, 1)
    leaves = None
    keeps_sign = True
    loss = "binary cross-entropy (`nn.BCEWithLogitsLoss`) takes logits, and does not round 1 - p to 0"
    source: ClassVar[str] = "torch.nn.Sigmoid; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.Sigmoid"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(adds=values, divides=values, exponentials=values)
