"""Hard swish."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, CopyingActivation
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer


@layer
class HardSwish(CopyingActivation):
    """x*min(max(0, x + 3), 6)/6."""

    source: ClassVar[str] = "torch.nn.Hardswish; Howard et al. 2019, arXiv 1905.02244"
    module: ClassVar[str] = "nn.Hardswish"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=2 * values, adds=values, compares=2 * values)
