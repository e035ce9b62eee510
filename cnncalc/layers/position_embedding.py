"""Learned positions of tokens."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.groups import AnyValues, ChannelsApart, KeepsNothing, NoScratch, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.strides import Lying, elementwise, follows, lies, steps
from cnncalc.vocabulary.tokens import OfTokens


@layer
class PositionEmbedding(
    ChannelsApart, AnyValues, LikeOperands, OfTokens, KeepsNothing, NoScratch, OwnOutput, Pointwise
):
    """Adds a learned vector to each token, one for each position. The network then takes only this number of tokens."""

    autocast = "promotes"
    linear = True
    source: ClassVar[str] = (
        "torchvision.models.VisionTransformer, pos_embedding; Dosovitskiy et al. 2020, arXiv 2010.11929"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(768, (197,)),)),
        Example({}, (Shape(8, (5,)),)),
    )

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels, length = inputs[0].channels, inputs[0].positions
        return (Weight("pos_embedding", (1, length, channels), f"{length}*{channels}"),)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return Work(adds=inputs[0].size)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient itself for the tokens; its sum over the images for the embedding."""
        return (passed(wanted)._replace(makes=weight_gradients(self.weights(inputs))),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Over one image there is no sum: the embedding's gradient is that of the output where nobody else takes it.

        (`AccumulateGrad` takes a gradient as it is if it alone holds it, in the weight's layout; another it copies.)
        """
        volume = inputs[0]
        if call.enters_narrow and wanted[0]:
            # The gradient of the tokens is a cast.
            return passed(wanted), *self.backward_of(inputs, (False,), call)
        if not call.alone or wanted[0] or not follows(volume.torch, call.grad, call.images, last=True):
            return self.backward(inputs, wanted)
        handed = passed(wanted)
        return (handed._replace(passes=(*handed.passes, ("pos_embedding", "grad"))),)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """The layout of the input tokens, combined with the channels-last embedding."""
        channels, length = inputs[0].torch
        batch, of_channels, of_tokens = steps(inputs[0].torch, call.lies())
        turned = (length, channels)
        strides = elementwise(turned, [(turned, lies(turned, (batch, of_tokens, of_channels)))])
        batch, of_tokens, of_channels = steps(turned, strides)
        return lies(inputs[0].torch, (batch, of_channels, of_tokens))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"channels": inputs[0].channels, "length": inputs[0].positions}
        return (TorchCall("own.PositionEmbedding", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "POSITION-EMBEDDING"
