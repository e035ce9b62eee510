"""Dropout of whole channels."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.dropping import Dropping
from cnncalc.vocabulary.field import flag, number
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Step, Storage, Tensor, TorchCall, Work, layer


@layer
class Dropout2d(Dropping):
    """In training, sets each channel to zero with probability p and scales the others by 1/(1 - p).

    At inference, the identity.
    """

    takes = "volume"
    within_images = True
    source: ClassVar[str] = "torch.nn.Dropout2d; Tompson et al. 2014, arXiv 1411.4280"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(16, (8, 8)),)),
        Example({"p": 0.2}, (Shape(8, (30,)),)),
        Example({"p": 0.5, "inplace": True}, (Shape(8, (4, 4, 4)),)),
    )

    p: float = number(0.5, "probability of a zero channel", low=0, high=1, main=True)
    inplace: bool = flag(False, "overwrite the input in training")

    def storage(self, *, training: bool) -> Storage:
        if not training or self.p == 0:
            return Storage.VIEW
        return Storage.IN_PLACE if self.inplace else Storage.OWN

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._factors(inputs)

    def _factors(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The factors that values are multiplied by in training."""
        if self.p == 0:
            return ()
        if self.p == 1:  # PyTorch multiplies by a single zero
            return (Tensor("zero", ()),)
        return (Tensor("mask", (inputs[0].channels, *(1,) * inputs[0].rank), batched=True),)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return (Step(self._factors(inputs) if training else ()),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return super().backward(inputs, wanted) if self.p else ()

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"nn.Dropout{inputs[0].rank}d", {"p": self.p, "inplace": self.inplace}),)
