"""Parametric rectified linear unit."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.activation import SHAPES, ValueFunction
from cnncalc.vocabulary.field import integer, number
from cnncalc.vocabulary.groups import ChannelsApart, KeepsInput, NoScratch, NoStatistics, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Example,
    Inputs,
    Problem,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class PReLU(
    ValueFunction, ChannelsApart, NoStatistics, LikeOperands, KeepsInput, NoScratch, OwnOutput, Pointwise
):
    """x for x > 0, else a learned slope times x. There is one slope, or one for each channel."""

    autocast = "lower"
    gives = ANY
    leaves = NOT_NEGATIVE
    keeps_sign = True
    source: ClassVar[str] = "torch.nn.PReLU; He et al. 2015, arXiv 1502.01852"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"num_parameters": 16}, (Shape(16, (8, 8)),)),
    )

    num_parameters: int = integer(1, "number of slopes: 1, or the number of channels", main=True)
    init: float = number(0.25, "initial value of the slopes")

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        channels = inputs[0].channels
        if self.num_parameters not in (1, channels):
            yield Problem(
                shape_faults.SLOPES_NOT_PER_CHANNEL,
                f"prelu has {counted(self.num_parameters, 'slope')}, but its input has {counted(channels, 'channel')}",
                "num_parameters",
                help=f"write `num_parameters: {channels}` (one for each channel) or `num_parameters: 1` (one for all)",
                changes=(Change("num_parameters", channels), Change("num_parameters", 1)),
            )

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return (Weight("weight", (self.num_parameters,), str(self.num_parameters)),)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=values, compares=values)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """As the input, first of all."""
        shape = inputs[0].torch
        return elementwise(shape, [(shape, call.lies()), (shape, call.grad)])

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """One kernel computes the gradients of input and slopes for each value; those of the slopes are then summed."""
        shape = inputs[0].torch
        entering = Tensor("grad0" if wanted[0] else "unwanted", shape, batched=True)
        slopes = Tensor("grad_slopes", shape, batched=True)
        weights = weight_gradients(self.weights(inputs))
        if wanted[0]:
            return (Step((entering, slopes, *weights)),)
        return Step((entering, slopes), ("unwanted",)), Step(weights)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Over one image with a single value for each slope there is no sum."""
        steps = self.backward(inputs, wanted)
        if not call.alone or inputs[0].size != self.num_parameters:
            return steps
        first = steps[0]
        gradients = tuple(
            tensor for tensor in first.makes if tensor.name in ("grad0", "unwanted", "grad_slopes")
        )
        return (first._replace(makes=gradients, passes=(*first.passes, ("weight", "grad_slopes"))),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.PReLU", {"num_parameters": self.num_parameters, "init": self.init}),)

    def label(self, inputs: Inputs) -> str:
        return "PRELU"
