"""What activations share: a function of each value, no weights."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import Elementwise, InPlace, OwnOutput
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Layer, Storage, Tensor, TorchCall
from cnncalc.vocabulary.limits import Limits

# Examples that fit every activation: a volume, a sequence, features.
SHAPES: tuple[Example, ...] = (
    Example({}, (Shape(16, (8, 8)),)),
    Example({}, (Shape(4, (20,)),)),
    Example({}, (Shape(10),)),
)


class ValueFunction(Layer):
    """A function of each value that is not linear, and the limits of what it gives."""

    family: ClassVar[str] = "activation"
    linear = False
    # Between which values its output lies, whatever it reads.
    gives: ClassVar[Limits]
    # The values that it leaves as they are; None where it changes all.
    leaves: ClassVar[Limits | None]
    # Whether it gives no negative values where it reads none.
    keeps_sign: ClassVar[bool]

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        (entering,) = before
        if self.leaves is not None and entering.within(self.leaves):
            return entering
        low = max(0.0, self.gives.low) if self.keeps_sign and entering.low >= 0 else self.gives.low
        return self.gives._replace(low=low)


class OfOutputs(Layer):
    """An activation that networks end in: it gives probabilities, or values between limits."""

    # The loss of PyTorch's that takes what enters it instead, and why that is better; None where there is none.
    loss: ClassVar[str | None]


class Activation(ValueFunction, Elementwise, OwnOutput):
    """An activation with an output of its own."""

    # The PyTorch module.
    module: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module),)


@base
class InPlaceActivation(ValueFunction, InPlace, Elementwise):
    """An activation that PyTorch can write over its input."""

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
