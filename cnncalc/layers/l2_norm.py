"""L2 normalisation over the channels."""

from typing import ClassVar

from cnncalc.layers._field import number
from cnncalc.layers._groups import OwnOutput, Pointwise, Weightless
from cnncalc.layers._layer import Example, Inputs, Kept, Tensor, TorchCall, Work, layer
from cnncalc.shape import Shape


@layer
class L2Norm(Weightless, Pointwise, OwnOutput):
    """The channels of each position (or the features) divided by the root of the sum of their squares.

    A learned factor for each channel, as ParseNet and SSD have it, is `layer_scale: {init: 20}` behind it.
    """

    family: ClassVar[str] = "normalisation"
    source: ClassVar[str] = "torch.nn.functional.normalize; Liu et al. 2015, arXiv 1506.04579 (ParseNet)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (38, 38)),)),
        Example({"eps": 1e-6}, (Shape(8, (30,)),)),
        Example({}, (Shape(128),)),
    )

    eps: float = number(1e-12, "the least divisor", low=1e-18)

    def work(self, inputs: Inputs) -> Work:
        values, rows = inputs[0].size, inputs[0].positions
        return Work(multiplies=values, adds=values - rows, compares=rows, divides=values, exponentials=rows)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, Tensor("norm", (1, *inputs[0].spatial), batched=True), *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The norms, but for those below eps."""
        return (Tensor("divisor", (1, *inputs[0].spatial), batched=True),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("F.normalize", {"p": 2.0, "dim": 1, "eps": self.eps}),)

    def label(self, inputs: Inputs) -> str:
        return "L2NORM"
