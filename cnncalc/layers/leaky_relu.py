"""Leaky rectified linear unit."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, InPlaceActivation
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits


@layer
class LeakyReLU(InPlaceActivation, KeepsInput):
    """x for x > 0, else negative_slope*x."""

    kept_first = True
    autocast = "input"
    leaves = NOT_NEGATIVE
    keeps_sign = True
    # Keeps the input also in place: the output has the sign of the input. That needs a slope >= 0 (PyTorch refuses
    # the backward pass of a negative slope in place), and this layer accepts nothing else.
    source: ClassVar[str] = "torch.nn.LeakyReLU; CS231n notes, commonly used activation functions"
    module: ClassVar[str] = "nn.LeakyReLU"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"negative_slope": 0.2, "inplace": True}, (Shape(8, (4, 4, 4)),)),
    )

    negative_slope: float = number(0.01, "slope for negative values", low=0, main=True)

    @property
    def linear(self) -> bool:  # type: ignore[override]
        return self.negative_slope == 1

    @property
    def gives(self) -> Limits:  # type: ignore[override]
        return ANY if self.negative_slope else NOT_NEGATIVE

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, compares=values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (TorchCall(call.target, {"negative_slope": self.negative_slope, **call.arguments}),)
