"""Hard sigmoid."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, CopyingActivation, OfOutputs
from cnncalc.vocabulary.layer import Example, Inputs, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class HardSigmoid(OfOutputs, CopyingActivation):
    """min(max(0, x + 3), 6)/6."""

    decomposed = True
    autocast = "input"
    gives = Limits(0, 1)
    leaves = None
    keeps_sign = True
    loss = None
    source: ClassVar[str] = "torch.nn.Hardsigmoid; Howard et al. 2019, arXiv 1905.02244"
    module: ClassVar[str] = "nn.Hardsigmoid"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, adds=values, compares=2 * values)
