"""Gaussian error linear unit."""

from math import inf
from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, Activation
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.word_fields import choice


@layer
class GELU(Activation, KeepsInput):
    """x times the standard normal distribution function of x: x/2*(1 + erf(x/sqrt 2)).

    erf and tanh count as exponentials.
    """

    autocast = "input"
    gives = Limits(-0.171, inf)
    leaves = None
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.GELU; Hendrycks & Gimpel 2016, arXiv 1606.08415"
    module: ClassVar[str] = "nn.GELU"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"approximate": "tanh"}, (Shape(8, (4, 4)),)),
    )

    approximate: Literal["none", "tanh"] = choice(
        "none", "compute it exactly (none), or approximately with tanh", ("none", "tanh")
    )

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        if self.approximate == "tanh":  # x/2*(1 + tanh(c*(x + 0.044715*x*x*x)))
            return Work(multiplies=6 * values, adds=2 * values, exponentials=values)
        return Work(multiplies=3 * values, adds=values, exponentials=values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"approximate": self.approximate}),)
