"""Natural logarithm."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Function
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import ANY


@layer
class Log(Function, KeepsInput):
    """The natural logarithm of x, which must be positive."""

    autocast = "float32"
    gives = ANY
    leaves = None
    keeps_sign = False
    function: ClassVar[str] = "torch.log"
    source: ClassVar[str] = "torch.log"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        return Work(exponentials=inputs[0].size)
