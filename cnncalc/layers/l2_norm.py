"""L2 normalisation over the channels."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.gradients import quotient
from cnncalc.vocabulary.groups import (
    ChannelsScaled,
    FullOnCudaWithin,
    NoStatistics,
    OwnOutput,
    Pointwise,
    Weightless,
)
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import Limits


@layer
class L2Norm(FullOnCudaWithin, ChannelsScaled, NoStatistics, LikeOperands, Weightless, Pointwise, OwnOutput):
    """Divides the channels of each position (or the features) by the square root of the sum of their squares.

    For a learned factor for each channel, as in ParseNet and SSD, add `layer_scale: {init: 20}` after it.
    """

    family: ClassVar[str] = "normalisation"
    autocast = "float32"
    linear = False
    source: ClassVar[str] = "torch.nn.functional.normalize; Liu et al. 2015, arXiv 1506.04579 (ParseNet)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (38, 38)),)),
        Example({"eps": 1e-6}, (Shape(8, (30,)),)),
        Example({}, (Shape(128),)),
    )

    eps: float = number(1e-12, "the smallest divisor", low=1e-18)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return Limits(0 if before[0].low >= 0 else -1, 1)

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, inputs[0].positions
        return Work(multiplies=values, adds=values - rows, compares=rows, divides=values, exponentials=rows)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, Tensor("norm", (1, *inputs[0].spatial), batched=True), *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The norms, where they are not below eps."""
        return (Tensor("divisor", (1, *inputs[0].spatial), batched=True),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Gradients of the quotient; of the divisors, summed over the channels; of the norms; of the input.

        The input has two gradients: one as the dividend, and one through the norms.
        """
        shape, each = inputs[0].torch, (1, *inputs[0].spatial)
        spread, divided = quotient(shape, "divisor")
        total = "grad_divisor" if inputs[0].channels == 1 else "sums"
        summed = (Step((Tensor("sums", each, batched=True),), ("grad_divisor",)),) * (total == "sums")
        large = Tensor("large", each, "bool", batched=True)
        norms = Tensor("grad_norm", each, batched=True)
        directions = Tensor("directions", shape, batched=True)
        zeros = Tensor("zeros", each, "bool", batched=True)
        return (
            spread,
            divided,
            *summed,
            Step((Tensor("zero", ()), large, norms), ("zero", "large", total)),
            Step((directions, zeros, Tensor("product", shape, batched=True)), ("directions", "zeros")),
            Step(passes=(("grad0", "product"),)),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("F.normalize", {"p": 2.0, "dim": 1, "eps": self.eps}),)

    def label(self, inputs: Inputs) -> str:
        return "L2NORM"
