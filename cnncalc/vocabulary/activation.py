"""What activations have in common: a function of each value, no weights."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import Elementwise, InPlace, OwnOutput
from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Layer, Storage, Tensor, TorchCall
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.torch_versions import CLIPPING_COPIES

# Examples that fit every activation: a volume, a sequence, features.
SHAPES: tuple[Example, ...] = (
    Example({}, (Shape(16, (8, 8)),)),
    Example({}, (Shape(4, (20,)),)),
    Example({}, (Shape(10),)),
)


class ValueFunction(Layer):
    """A nonlinear function of each value, and the limits of its output."""

    family: ClassVar[str] = "activation"
    linear = False
    # The limits of its output for any input.
    gives: ClassVar[Limits]
    # The values that it does not change; None if it changes all values.
    leaves: ClassVar[Limits | None]
    # Whether its output is never negative if its input is never negative.
    keeps_sign: ClassVar[bool]

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        (entering,) = before
        if self.leaves is not None and entering.within(self.leaves):
            return entering
        low = max(0.0, self.gives.low) if self.keeps_sign and entering.low >= 0 else self.gives.low
        return self.gives._replace(low=low)


class OfOutputs(Layer):
    """An activation at the end of a network: its output is probabilities, or values between limits."""

    # The PyTorch loss that takes the input of this layer instead, and why that is better; None if there is none.
    loss: ClassVar[str | None]


class Activation(ValueFunction, Elementwise, OwnOutput):
    """An activation with a separate output tensor."""

    # The PyTorch module.
    module: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module),)


@base
class InPlaceActivation(ValueFunction, InPlace, Elementwise):
    """An activation that PyTorch can run in place."""

    module: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.module, {"inplace": self.inplace is True}),)


class CopyingActivation(InPlaceActivation):
    """An activation whose backward pass reads the input: in place, it keeps a copy of the input first."""

    copies = True

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        if self.storage(training=True) is Storage.IN_PLACE:
            return (Tensor("input", inputs[0].torch, batched=True),)
        return (0,)


@base
class ClippingActivation(CopyingActivation):
    """A clipping, `hardtanh` to PyTorch: before a version its backward pass in place read the output."""

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        if self.storage(training=True) is Storage.IN_PLACE and not CLIPPING_COPIES.holds(call.torch):
            return ("output",)
        return super().keeps_of(inputs, call)


class Function(ValueFunction, Elementwise, OwnOutput):
    """A function of each value that is a PyTorch function, not a module."""

    family: ClassVar[str] = "arithmetic"
    # The PyTorch function.
    function: ClassVar[str]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(self.function),)
