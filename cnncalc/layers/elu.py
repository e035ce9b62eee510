"""Exponential linear unit."""

from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, InPlaceActivation
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE, Limits


@layer
class ELU(InPlaceActivation, KeepsInput):
    """x for x > 0, else alpha*(exp(x) - 1)."""

    decomposed = True
    autocast = "input"
    leaves = NOT_NEGATIVE
    keeps_sign = True
    # Keeps the input also in place: the backward pass can read the output that was written there. That needs
    # alpha >= 0 (PyTorch refuses a negative alpha in place), and this layer accepts nothing else.
    source: ClassVar[str] = "torch.nn.ELU; Clevert et al. 2015, arXiv 1511.07289"
    module: ClassVar[str] = "nn.ELU"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"alpha": 0.5, "inplace": True}, (Shape(8, (4, 4, 4)),)),
    )

    alpha: float = number(1.0, "the output approaches -alpha for large negative x", low=0, main=True)

    @property
    def gives(self) -> Limits:  # type: ignore[override]
        return Limits(-self.alpha, inf)

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, adds=values, compares=values, exponentials=values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (TorchCall(call.target, {"alpha": self.alpha, **call.arguments}),)
