"""Square root."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Function
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Inputs, Step, Tensor, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE


@layer
class Sqrt(Function, KeepsOutput):
    """The square root of x, which must not be negative."""

    autocast = "input"
    gives = NOT_NEGATIVE
    leaves = None
    keeps_sign = True
    function: ClassVar[str] = "torch.sqrt"
    source: ClassVar[str] = "torch.sqrt"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient divided by twice the output."""
        shape = inputs[0].torch
        return (
            Step((Tensor("twice", shape, batched=True), Tensor("grad0", shape, batched=True)), ("twice",)),
        )

    def work(self, inputs: Inputs) -> Work:
        return Work(exponentials=inputs[0].size)
