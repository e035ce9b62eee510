"""Exponential."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Function
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE


@layer
class Exp(Function, KeepsOutput):
    """e to the power of x."""

    autocast = "float32"
    gives = NOT_NEGATIVE
    leaves = None
    keeps_sign = True
    function: ClassVar[str] = "torch.exp"
    source: ClassVar[str] = "torch.exp"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        return Work(exponentials=inputs[0].size)
