"""Rectified linear unit, capped at 6."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, ClippingActivation
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class ReLU6(ClippingActivation):
    """min(max(0, x), 6)."""

    decomposed = True
    autocast = "input"
    gives = Limits(0, 6)
    leaves = Limits(0, 6)
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.ReLU6; Sandler et al. 2018, arXiv 1801.04381"
    module: ClassVar[str] = "nn.ReLU6"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(compares=2 * values)
