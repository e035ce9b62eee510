"""What activations share: a function of each value, no weights."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import Elementwise, InPlace, OwnOutput
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Storage, Tensor, TorchCall

# Examples that fit every activation: a volume, a sequence, features.
SHAPES: tuple[Example, ...] = (
    Example({}, (Shape(16, (8, 8)),)),
    Example({}, (Shape(4, (20,)),)),
    Example({}, (Shape(10),)),
)


class Activation(Elementwise, OwnOutput):
    """An activation with an output of its own."""

    family: ClassVar[str] = "activation"
    # The PyTorch module.
    module: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module),)


@base
class InPlaceActivation(InPlace, Elementwise):
    """An activation that PyTorch can write over its input."""

    family: ClassVar[str] = "activation"
    module: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"inplace": self.inplace is True}),)


class CopyingActivation(InPlaceActivation):
    """One whose backward reads the input: in place, it keeps a copy of what it is about to overwrite."""

    copies = True

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        if self.storage(training=True) is Storage.IN_PLACE:
            return (Tensor("input", inputs[0].torch, batched=True),)
        return (0,)
