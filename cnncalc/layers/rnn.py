"""Recurrent layer without gates."""

from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, Inputs, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.limits import NOT_NEGATIVE, Limits
from cnncalc.vocabulary.recurrent import Recurrent
from cnncalc.vocabulary.word_fields import choice


@layer
class RNN(Recurrent):
    """A recurrent layer without gates (Elman): h = tanh(W*x + b + U*h' + b'), from h' before it.

    The output is h at every position.
    """

    gates = 1
    source: ClassVar[str] = "torch.nn.RNN; Elman 1990"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"hidden": 5}, (Shape(3, (6,)),)),
        Example({"hidden": 4, "layers": 2, "bidirectional": True}, (Shape(8, (7,)),)),
        Example({"hidden": 16, "nonlinearity": "relu", "bias": False}, (Shape(4, (9,)),)),
    )

    nonlinearity: Literal["tanh", "relu"] = choice("tanh", "the function of each state", ("tanh", "relu"))

    def of_a_unit(self) -> Work:
        return Work(compares=1) if self.nonlinearity == "relu" else Work(exponentials=1)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return NOT_NEGATIVE if self.nonlinearity == "relu" else super().limits(inputs, before)

    def scan_keeps(self, length: int, end: str) -> tuple[Tensor, ...]:
        """The gradient of the function is computed from its output: the states."""
        return ()

    def scan_scratch(self, length: int) -> tuple[Tensor, ...]:
        return Tensor("gates", (length, self.hidden), batched=True), *super().scan_scratch(length)

    def scan_gradients(self, length: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        size = (self.hidden,)
        temporary = Tensor("grad_state", size, batched=True), Tensor("square", size, batched=True)
        return (Tensor("grad_gates", (length, self.hidden), batched=True),), temporary

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (call._replace(arguments={**call.arguments, "nonlinearity": self.nonlinearity}),)
