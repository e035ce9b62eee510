"""Depthwise separable convolution."""

from math import prod
from typing import Any, ClassVar

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.convolution import SlidingFilters, kernel_text, stride_text, times
from cnncalc.vocabulary.field import (
    REQUIRED,
    Padding,
    PerAxis,
    Sides,
    dilation,
    flag,
    integer,
    padding,
    per_axis,
)
from cnncalc.vocabulary.gradients import unpadded
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, KeepsFormat, NoStatistics, OwnOutput
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
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.padding import PadsApart, ends_of, padded, uneven, zero_pad_call
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.window import axiswise, sliding


@layer
class SeparableConv(
    ChannelsMixed, AnyValues, NoStatistics, PadsApart, KeepsFormat, SlidingFilters, OwnOutput
):
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
    )

    filters: int = integer(REQUIRED, "number of filters: the channels of the output", letter="K", main=True)
    multiplier: int = integer(
        1, "depthwise filters for each channel: there are channels*multiplier channels between the two"
    )
    kernel: PerAxis = per_axis(1, "size of the depthwise filters", letter="F")
    stride: PerAxis = per_axis(1, "distance between two windows", letter="S")
    padding: Padding = padding(0, "zeros around the input")
    dilation: PerAxis = dilation()
    bias: bool | None = flag(
        None, "add a learned number for each filter (default: true, unless a norm follows)"
    )

    @property
    def has_bias(self) -> bool:
        return self.bias is not False

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return super().in_effect(inputs) | ({"bias": (True, "")} if self.bias is None else {})

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.stride, self.padding, self.dilation)

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

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

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
        scratch = self.scratch(inputs)
        return scratch if len(scratch) > 1 else (0, *scratch)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The tensor between the two; and the padded input, if PyTorch must pad in a separate step."""
        between = Tensor("depthwise", (self._middle(inputs), *self.grid(inputs[0])), batched=True)
        first = self.apart(inputs)
        return (first, between) if first else (between,)

    def apart(self, inputs: Inputs) -> Tensor | None:
        windows = self.windows(inputs[0])
        return padded(inputs[0], ends_of(windows)) if uneven(windows) else None

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradients of the pointwise convolution, then those of the depthwise one."""
        first, between = self.apart(inputs), self.scratch(inputs)[-1]
        depthwise, *pointwise = weight_gradients(self.weights(inputs))
        steps = [Step((between._replace(name="grad_depthwise"), *pointwise), ("grad", "depthwise"))]
        if first is None or not wanted[0]:
            return (*steps, Step((*gradients(inputs, wanted), depthwise)))
        padded = Step((first._replace(name="grad_padded"), depthwise), ("grad_depthwise", first.name))
        return (*steps, padded, unpadded(inputs))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """Both convolutions produce channels-last format, or neither does."""
        between = Shape(self._middle(inputs), self.grid(inputs[0]))
        last = self._leaves_last(inputs, call) and leaves_last(call, between, 1)
        return super().lies(inputs, call) if last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if self._leaves_last(inputs, call) else None

    def _leaves_last(self, inputs: Inputs, call: Call) -> bool:
        volume = inputs[0]
        if first := self.apart(inputs):
            volume = Shape(first.shape[0], first.shape[1:])
        return leaves_last(call, volume, self.kernel, self.stride, self.dilation, volume.channels)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        windows = self.windows(volume)
        apart = uneven(windows)
        arguments = {
            "in_channels": volume.channels,
            "out_channels": self.filters,
            "multiplier": self.multiplier,
            "rank": volume.rank,
            "kernel_size": axiswise(self.kernel, volume.rank),
            "stride": axiswise(self.stride, volume.rank),
            "padding": (0,) * volume.rank if apart else tuple(window.before for window in windows),
            "dilation": axiswise(self.dilation, volume.rank),
            "bias": self.has_bias,
        }
        call = TorchCall("own.SeparableConv", arguments)
        return (zero_pad_call(ends_of(windows)), call) if apart else (call,)

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"SEPCONV{size}-{self.filters}"
