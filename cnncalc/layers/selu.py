"""Scaled exponential linear unit."""

from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, InPlaceActivation
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class SELU(InPlaceActivation, KeepsInput):
    """1.0507*x for x > 0, else 1.0507*1.6733*(exp(x) - 1). It keeps mean 0 and variance 1 from layer to layer."""

    decomposed = True
    autocast = "input"
    gives = Limits(-1.7581, inf)
    leaves = None
    keeps_sign = True
    # Keeps the input also in place, as elu does.
    source: ClassVar[str] = "torch.nn.SELU; Klambauer et al. 2017, arXiv 1706.02515"
    module: ClassVar[str] = "nn.SELU"
    examples: ClassVar[tuple[Example, ...]] = (*SHAPES, Example({"inplace": True}, (Shape(8, (4, 4, 4)),)))

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, adds=values, compares=values, exponentials=values)
