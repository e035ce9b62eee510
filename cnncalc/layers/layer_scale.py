"""A learned factor for each channel."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import (
    AnyValues,
    ChannelsApart,
    KeepsInput,
    NoScratch,
    NoStatistics,
    OwnOutput,
    Pointwise,
)
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LikeOperands


@layer
class LayerScale(
    ChannelsApart, AnyValues, NoStatistics, LikeOperands, KeepsInput, NoScratch, OwnOutput, Pointwise
):
    """Multiplies each channel by a learned factor."""

    family: ClassVar[str] = "normalisation"
    autocast = "promotes"
    linear = True
    only_for_weights = (0, "grad_factors")
    source: ClassVar[str] = "Touvron et al. 2021, arXiv 2103.17239; torchvision.models.convnext.CNBlock"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(96, (56, 56)),)),
        Example({"init": 20.0}, (Shape(8, (30,)),)),
        Example({}, (Shape(10),)),
    )

    init: float = number(1e-6, "initial value of the factors", main=True)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels = inputs[0].channels
        return (Weight("weight", (channels, *(1,) * inputs[0].rank), str(channels)),)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return Work(multiplies=inputs[0].size)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient of the factors has one number for each value at first; these are summed."""
        factors = Tensor("grad_factors", inputs[0].torch, batched=True)
        return (Step((factors, *gradients(inputs, wanted), *weight_gradients(self.weights(inputs)))),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Where PyTorch promoted the input, its gradient is cast back after the sum."""
        if not call.enters_narrow or not wanted[0]:
            return self.backward(inputs, wanted)
        each, factors = (
            Tensor(name, inputs[0].torch, batched=True) for name in ("grad_each", "grad_factors")
        )
        return (
            Step((factors, each)),
            Step(weight_gradients(self.weights(inputs)), ("grad_factors",)),
            Step(frees=("grad_each",), passes=(("grad0", "grad_each"),)),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {"channels": volume.channels, "rank": volume.rank, "init": self.init}
        return (TorchCall("own.LayerScale", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "LAYER-SCALE"
