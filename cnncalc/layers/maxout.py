"""Maxout."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.groups import (
    ChannelsMixed,
    NoStatistics,
    OwnOutput,
    PicksValues,
    Pointwise,
    Weightless,
)
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)


@layer
class Maxout(ChannelsMixed, NoStatistics, PicksValues, Weightless, OwnOutput, Pointwise):
    """The largest of every `pieces` consecutive channels. The output has channels/pieces channels."""

    family: ClassVar[str] = "activation"
    autocast = "input"
    linear = False
    source: ClassVar[str] = (
        "Goodfellow et al. 2013, arXiv 1302.4389; CS231n notes, commonly used activation functions"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"pieces": 4}, (Shape(12, (4, 4, 4)),)),
    )

    pieces: int = integer(2, "number of channels in each maximum", main=True)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.pieces, f"groups of {self.pieces}", "pieces"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels // self.pieces, inputs[0].spatial)

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=self.output(inputs).size * (self.pieces - 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The index of the largest channel."""
        return (Tensor("indices", self.output(inputs).torch, "int64", batched=True),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Zeros, and the gradient is written into them; for tensor subclasses, into a copy of them.

        `value_selecting_reduction_backward`, `inplace_scatter_if_not_tensor_subclass`.
        """
        steps = self.backward(inputs, wanted)
        if not call.subclasses:
            return steps
        zeros = Tensor("zeros", inputs[0].torch, batched=True)
        return (steps[0]._replace(makes=(zeros, *steps[0].makes)),)

    def reads_view(self, inputs: Inputs) -> bool:
        """The pieces of the channels have a separate axis."""
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Maxout", {"pieces": self.pieces}),)

    def label(self, inputs: Inputs) -> str:
        return f"MAXOUT{self.pieces}"
