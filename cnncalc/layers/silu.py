"""Sigmoid-weighted linear unit, also called swish."""

from math import inf
from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, CopyingActivation
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class SiLU(CopyingActivation):
    """x*sigmoid(x) = x/(1 + exp(-x))."""

    autocast = "input"
    gives = Limits(-0.2785, inf)
    leaves = None
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.SiLU; Ramachandran et al. 2017, arXiv 1710.05941"
    module: ClassVar[str] = "nn.SiLU"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(adds=values, divides=values, exponentials=values)
