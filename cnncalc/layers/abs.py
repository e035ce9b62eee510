"""Absolute value."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES, Function
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, Step, Tensor, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE


@layer
class Abs(Function, KeepsInput):
    """x without its sign."""

    autocast = "input"
    gives = NOT_NEGATIVE
    leaves = NOT_NEGATIVE
    keeps_sign = True
    function: ClassVar[str] = "torch.abs"
    source: ClassVar[str] = "torch.abs"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient times the signs."""
        shape = inputs[0].torch
        return (
            Step((Tensor("signs", shape, batched=True), Tensor("grad0", shape, batched=True)), ("signs",)),
        )

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=inputs[0].size)
