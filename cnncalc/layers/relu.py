"""Rectified linear unit."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, InPlaceActivation
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE


@layer
class ReLU(InPlaceActivation, KeepsOutput):
    """max(0, x)."""

    kept_first = True
    autocast = "input"
    gives = NOT_NEGATIVE
    leaves = NOT_NEGATIVE
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.ReLU; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.ReLU"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=inputs[0].size)
