"""A learned token."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.groups import AnyValues, ChannelsApart, FullOnCpu, KeepsNothing, NoScratch, OwnOutput
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LastInMemory
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying, lies, steps
from cnncalc.vocabulary.tokens import OfTokens


@layer
class ClassToken(
    ChannelsApart, AnyValues, FullOnCpu, LastInMemory, OfTokens, KeepsNothing, NoScratch, OwnOutput
):
    """Adds one learned token before the others. The classifier at the end of the network reads this token."""

    autocast = "promotes"
    linear = True
    source: ClassVar[str] = (
        "torchvision.models.VisionTransformer, class_token; Dosovitskiy et al. 2020, arXiv 2010.11929"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(768, (196,)),)),
        Example({}, (Shape(8, (5,)),)),
    )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, (inputs[0].positions + 1,))

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels = inputs[0].channels
        return (Weight("class_token", (1, 1, channels), str(channels)),)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """The token itself reads no input."""
        length = inputs[0].positions
        if length >= MOST_PHASES:
            return None
        return (Reach.table((None, *map(Taps, range(length))), length, 1),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """A view for the tokens of the input; for the learned token, the sum over the images."""
        return passed(wanted), Step(weight_gradients(self.weights(inputs)))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Over one image there is no sum: the token's gradient is a view of the output's where its values are in order.

        (`AccumulateGrad` takes such a gradient as it is; another it copies.)
        """
        _, of_channels, _ = steps(self.output(inputs).torch, call.grad)
        in_order = of_channels == 1 or inputs[0].channels == 1
        if not (call.alone and in_order):
            return self.backward(inputs, wanted)
        handed = passed(wanted)
        return (handed._replace(passes=(*handed.passes, ("class_token", "grad"))),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Part of the gradient of the output."""
        return lies(inputs[0].torch, steps(self.output(inputs).torch, call.grad))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.ClassToken", {"channels": inputs[0].channels}),)

    def label(self, inputs: Inputs) -> str:
        return "CLASS-TOKEN"
