"""What layer normalisations have in common: they work over the channels of each position."""

from typing import ClassVar

from cnncalc.vocabulary.field import base, flag, number
from cnncalc.vocabulary.groups import AnyValues, ChannelsScaled, NoStatistics, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import Call, Inputs, Kept, Tensor, TorchCall, Weight, Work
from cnncalc.vocabulary.layouts import LastInMemory
from cnncalc.vocabulary.statistics import statistics_work, weights, without_bias
from cnncalc.vocabulary.strides import Lying, elementwise, follows, lies, steps
from cnncalc.vocabulary.wide_statistics import WideStatistics


@base
class ChannelNorm(
    WideStatistics, ChannelsScaled, AnyValues, NoStatistics, LastInMemory, Pointwise, OwnOutput
):
    """Normalises the channels of each position, then applies a learned scale and shift for each channel."""

    linear = False
    family: ClassVar[str] = "normalisation"
    autocast = "float32"

    eps: float = number(1e-5, "added to the variance", low=1e-12)
    affine: bool = flag(True, "learn a scale and a shift for each channel (PyTorch's elementwise_affine)")
    bias: bool = flag(True, "learn the shift too, where it learns a scale")

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return weights(inputs[0].channels, bias=self.bias) if self.affine else ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return statistics_work(inputs[0].size, inputs[0].positions)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        each = (*inputs[0].spatial, 1)
        return Tensor("mean", each, batched=True), Tensor("rstd", each, batched=True)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """With channels last; on tensors of a subclass, as its elementwise operations say, one after another.

        `native_layer_norm` in torch/_refs/__init__.py. The result differs in the strides along axes of size 1 only,
        by which PyTorch tells memory formats apart.
        """
        if not call.subclasses:
            return super().lies(inputs, call)
        shape = inputs[0]
        sizes = (*shape.spatial, shape.channels)
        statistics = (*shape.spatial, 1)
        batch, channels, *others = steps(shape.torch, call.lies())
        lying = lies(sizes, (batch, *others, channels))
        if not follows(sizes, lying, call.images):
            lying = None
        lying = elementwise(sizes, [(sizes, lying), (statistics, None)], subclasses=True)
        if self.affine and shape.rank != 2 and shape.positions == call.images == 1:
            # Nothing is broadcast then: all operands are in order.
            lying = None
        elif self.affine:
            scale = ((1,) * shape.rank + (shape.channels,), (0,) * (shape.rank + 1) + (1,))
            lying = elementwise(sizes, [(sizes, lying), scale])
        batch, *others, channels = steps(sizes, lying)
        return lies(shape.torch, (batch, channels, *others))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """With channels last; on tensors of a subclass, where it takes several operations, as that of the output."""
        shape = inputs[0].torch
        if call.subclasses:
            return elementwise(shape, [(shape, call.grad)])
        return super().gradient_lies(inputs, which, call)

    def gives_view(self, inputs: Inputs) -> bool:
        """The layer views its input with channels last, and returns a view with channels first."""
        return inputs[0].rank > 0

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        # PyTorch's layer normalises the last axes, so for volumes the channels must be there.
        arguments = {
            "normalized_shape": inputs[0].channels,
            "eps": self.eps,
            "elementwise_affine": self.affine,
            **without_bias(self.bias),
        }
        return (TorchCall("own.ChannelLayerNorm" if inputs[0].rank else "nn.LayerNorm", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "LN"
