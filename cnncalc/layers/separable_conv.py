"""Depthwise separable convolution."""

from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import kernel_text, stride_text, times
from cnncalc.vocabulary.cudnn import CudnnConvolution
from cnncalc.vocabulary.field import REQUIRED, dilation, flag, integer, padding, per_axis
from cnncalc.vocabulary.gradients import unpadded
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, NoStatistics, OwnOutput
from cnncalc.vocabulary.kernels import leaves_last
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    cast_names,
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.padding_modes import PadsInModes
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import Padding, PerAxis, Sides
from cnncalc.vocabulary.window import axiswise


@layer
class SeparableConv(ChannelsMixed, AnyValues, NoStatistics, PadsInModes, KeepsFormat, OwnOutput):
    """A depthwise convolution, then a 1x1 convolution over its channels: one layer, two PyTorch modules.

    There is nothing between the two, so one bias at the end is enough (as in Keras). If a norm or an activation
    follows the first one, write `depthwise_conv` and `conv` instead.
    """

    family: ClassVar[str] = "convolution"
    autocast = "lower"
    takes = "volume"
    one_axis = "as two where in order"
    takes_sugar = True
    linear = True
    source: ClassVar[str] = "keras.layers.SeparableConv2D; Chollet 2016, arXiv 1610.02357 (Xception)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 64, "kernel": 3, "padding": 1}, (Shape(32, (28, 28)),)),
        Example({"filters": 8, "kernel": 3, "stride": 2, "padding": "same"}, (Shape(4, (14, 14)),)),
        Example(
            {"filters": 8, "multiplier": 2, "kernel": 5, "padding": "half", "dilation": 2}, (Shape(4, (30,)),)
        ),
        Example(
            {"filters": 5, "kernel": 3, "padding": Sides(top=1, left=2), "bias": False}, (Shape(6, (9, 8)),)
        ),
        Example({"filters": 4, "kernel": (1, 3, 3), "padding": "half"}, (Shape(3, (4, 6, 6)),)),
        Example(
            {"filters": 4, "kernel": 3, "padding": "half", "padding_mode": "reflect"}, (Shape(3, (9, 8)),)
        ),
        Example(
            {"filters": 4, "kernel": 3, "padding": Sides(top=1, left=2), "padding_mode": "circular"},
            (Shape(3, (9, 8)),),
        ),
    )

    filters: int = integer(
        REQUIRED, "number of filters: the channels of the output", letter="K", main=True, example=64
    )
    multiplier: int = integer(
        1, "depthwise filters for each channel: there are channels*multiplier channels between the two"
    )
    kernel: PerAxis = per_axis(1, "size of the depthwise filters", letter="F")
    stride: PerAxis = per_axis(1, "distance between two windows", letter="S")
    padding: Padding = padding(0, "positions added around the input")
    dilation: PerAxis = dilation()
    bias: bool | None = flag(
        None, "add a learned number for each filter (default: true, unless a norm follows)"
    )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.filters, self.grid(inputs[0]))

    def _middle(self, inputs: Inputs) -> int:
        """Channels between the two convolutions."""
        return inputs[0].channels * self.multiplier

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        kernel, middle = axiswise(self.kernel, inputs[0].rank), self._middle(inputs)
        ones = (1,) * len(kernel)
        depthwise = Weight("depthwise.weight", (middle, 1, *kernel), f"({times(*kernel)})*{middle}")
        pointwise = Weight("pointwise.weight", (self.filters, middle, *ones), f"{middle}*{self.filters}")
        bias = Weight("pointwise.bias", (self.filters,), str(self.filters))
        return (depthwise, pointwise, bias) if self.has_bias else (depthwise, pointwise)

    def work(self, inputs: Inputs) -> Work:
        positions, middle = prod(self.grid(inputs[0])), self._middle(inputs)
        taps = prod(axiswise(self.kernel, inputs[0].rank))
        return Work(
            macs=positions * middle * (taps + self.filters), adds=positions * self.filters * self.has_bias
        )

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """The gradient of what lies between the two is made in any case: the depthwise filters' follow from it."""
        whole = super().backward_macs(inputs, wanted)
        pointwise = prod(self.grid(inputs[0])) * self._middle(inputs) * self.filters
        return whole if any(wanted) else whole._replace(data=pointwise)

    def macs_formula(self, inputs: Inputs) -> str:
        kernel, middle = axiswise(self.kernel, inputs[0].rank), self._middle(inputs)
        return f"({times(*self.grid(inputs[0]))}) * (({times(*kernel)})*{middle} + {middle}*{self.filters})"

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        first, between = self.apart(inputs), self._between(inputs)
        return (*self.kept_beside(inputs), first, between) if first else (0, between)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The tensor between the two; and the padded input, if PyTorch must pad in a separate step."""
        between = self._between(inputs)
        first = self.apart(inputs)
        if first is None or not self.pads_inside(inputs[0]):
            return (first, between) if first else (between,)
        # At inference the padded input is gone when the output is made: only what it has more counts.
        more = first.size - self.output(inputs).size
        return (first._replace(shape=(more,)), between) if more > 0 else (between,)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """Each convolution casts its own weights."""
        steps = list(super().forward_of(inputs, call))
        index = next(
            index for index, step in enumerate(steps) if any(item.name == "depthwise" for item in step.makes)
        )
        if index == len(steps) - 1:
            steps.append(Step())
        if not self.pads_inside(inputs[0]):
            # The caller holds what it has padded.
            apart = tuple(name for name in steps[index].frees if name != "padded" or not call.casts)
            spent = tuple(name for name in steps[index].frees if name not in apart)
            steps[index], steps[-1] = (
                steps[index]._replace(frees=spent),
                steps[-1]._replace(frees=(*steps[-1].frees, *apart)),
            )
        depthwise, *pointwise = self.weights(inputs)
        steps[index] = steps[index]._replace(casts=cast_names((depthwise,), 0))
        steps[-1] = steps[-1]._replace(casts=cast_names(tuple(pointwise)))
        return tuple(steps)

    def cast_after_padding(self, inputs: Inputs) -> tuple[int | str, ...]:
        return cast_names(self.weights(inputs)[:1])

    def made_between(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (self._between(inputs),)

    def _between(self, inputs: Inputs) -> Tensor:
        return Tensor("depthwise", (self._middle(inputs), *self.grid(inputs[0])), batched=True)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradients of the pointwise convolution, then those of the depthwise one."""
        first, between = self.apart(inputs), self._between(inputs)
        depthwise, *pointwise = weight_gradients(self.weights(inputs))
        steps = [Step((between._replace(name="grad_depthwise"), *pointwise), ("grad", "depthwise"))]
        if first is None or not wanted[0]:
            return (*steps, Step((*gradients(inputs, wanted), depthwise)))
        padded = Step((first._replace(name="grad_padded"), depthwise), ("grad_depthwise", first.name))
        return (*steps, padded, unpadded(inputs))

    def most_images(self, inputs: Inputs, call: Call) -> int | None:
        """Those of the depthwise one."""
        from cnncalc.vocabulary.own_depthwise import countable_images

        source = self.volume_read(inputs)
        if source.channels == 1 or self.lies(inputs, call) is not None:
            return None
        kernel, stride, dilation = (
            axiswise(value, source.rank) for value in (self.kernel, self.stride, self.dilation)
        )
        between = self.output(inputs)._replace(channels=self._middle(inputs))
        return countable_images(source, kernel, stride, dilation, between, call.dtype)

    def in_cudnn(self, inputs: Inputs) -> CudnnConvolution:
        """The pointwise one."""
        output = self.output(inputs)
        ones = (1,) * output.rank
        return CudnnConvolution(output._replace(channels=self._middle(inputs)), output, ones, ones, ones)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """Both convolutions produce channels-last format, or neither does."""
        between = Shape(self._middle(inputs), self.grid(inputs[0]))
        last = self.leaves_last(inputs, call) and leaves_last(call, between, 1)
        return super().lies(inputs, call) if last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if self.leaves_last(inputs, call) else None

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        """Whether the depthwise convolution keeps the channels-last format of what it reads."""
        volume = self.volume_read(inputs)
        return leaves_last(call, volume, self.kernel, self.stride, self.dilation, volume.channels)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {
            "in_channels": volume.channels,
            "out_channels": self.filters,
            "multiplier": self.multiplier,
            "rank": volume.rank,
            **self.window_arguments(volume),
            "bias": self.has_bias,
        }
        return self.with_padding(volume, TorchCall("own.SeparableConv", arguments))

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"SEPCONV{size}-{self.filters}"
