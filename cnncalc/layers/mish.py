"""Mish."""

from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, CopyingActivation
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Mish(CopyingActivation):
    """x*tanh(log(1 + exp(x))). tanh and log count as exponentials."""

    autocast = "input"
    gives = Limits(-0.309, inf)
    leaves = None
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.Mish; Misra 2019, arXiv 1908.08681"
    module: ClassVar[str] = "nn.Mish"
    examples: ClassVar[tuple[Example, ...]] = (*SHAPES, Example({"inplace": True}, (Shape(8, (4, 4)),)))

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, adds=values, exponentials=3 * values)
