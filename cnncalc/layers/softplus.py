"""Softplus."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, Activation
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits


@layer
class Softplus(Activation, KeepsInput):
    """log(1 + exp(beta*x))/beta: a smooth relu. The logarithm counts as an exponential."""

    decomposed = True
    autocast = "float32"
    leaves = None
    source: ClassVar[str] = "torch.nn.Softplus; Glorot et al. 2011"
    module: ClassVar[str] = "nn.Softplus"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"beta": 2.0, "threshold": 10.0}, (Shape(8, (4, 4)),)),
    )

    beta: float = number(1.0, "larger values make the curve sharper", main=True)
    threshold: float = number(20.0, "where beta*x is above this, the output is x")

    @property
    def keeps_sign(self) -> bool:  # type: ignore[override]
        return self.beta > 0

    @property
    def gives(self) -> Limits:  # type: ignore[override]
        return NOT_NEGATIVE if self.beta > 0 and self.threshold >= 0 else ANY

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, adds=values, compares=values, divides=values, exponentials=2 * values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"beta": self.beta, "threshold": self.threshold}),)
