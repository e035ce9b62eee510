"""Hard swish."""

from math import inf
from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, CopyingActivation
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class HardSwish(CopyingActivation):
    """x*min(max(0, x + 3), 6)/6."""

    decomposed = True
    autocast = "input"
    gives = Limits(-0.375, inf)
    leaves = Limits(3, inf)
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.Hardswish; Howard et al. 2019, arXiv 1905.02244"
    module: ClassVar[str] = "nn.Hardswish"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=2 * values, adds=values, compares=2 * values)
