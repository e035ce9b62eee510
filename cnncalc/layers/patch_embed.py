"""Patches of an image as tokens."""

from math import prod
from typing import ClassVar

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.convolution import kernel_text, times
from cnncalc.vocabulary.cudnn import CudnnConvolution
from cnncalc.vocabulary.field import REQUIRED, flag, integer, per_axis
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, KeepsInput, NoScratch, NoStatistics, OwnOutput
from cnncalc.vocabulary.kernels import FormatsWeights, leaves_last
from cnncalc.vocabulary.layer import Call, Example, Inputs, Reach, Tensor, TorchCall, Weight, Work, layer
from cnncalc.vocabulary.reach import joined
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import Windowed, axiswise, sliding


@layer
class PatchEmbed(
    ChannelsMixed, AnyValues, NoStatistics, FormatsWeights, KeepsInput, NoScratch, OwnOutput, Windowed
):
    """A convolution over adjacent patches (kernel = stride). Its output positions become one row of tokens.

    Tokens are a volume with one spatial axis: its channels are the embedding, its length is the number of tokens.
    """

    family: ClassVar[str] = "convolution"
    autocast = "lower"
    takes = "volume"
    one_axis = "as two where in order"
    adjustable: ClassVar[tuple[str, ...]] = ()
    linear = True
    source: ClassVar[str] = (
        "torchvision.models.VisionTransformer, conv_proj; Dosovitskiy et al. 2020, arXiv 2010.11929"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 768, "patch": 16}, (Shape(3, (224, 224)),)),
        Example({"filters": 8, "patch": (2, 3), "bias": False}, (Shape(4, (6, 6)),)),
        Example({"filters": 8, "patch": 4}, (Shape(2, (20,)),)),
        Example({"filters": 8, "patch": (1, 2, 2)}, (Shape(2, (3, 4, 4)),)),
    )

    filters: int = integer(
        REQUIRED, "length of the embedding: the channels of the tokens", letter="K", example=64
    )
    patch: PerAxis = per_axis(REQUIRED, "size of a patch: kernel and stride", letter="F")
    bias: bool = flag(True, "add a learned number for each filter")

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.patch, self.patch, 0)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.filters, (prod(self.grid(inputs[0])),))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Patches in one row: along the last axis, the pattern repeats for each row."""
        windows = self.windows(inputs[0])
        patches = tuple(Reach.window(window.kernel, window.stride) for window in windows)
        return joined(tuple(window.output for window in windows), patches)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        patch, channels = axiswise(self.patch, inputs[0].rank), inputs[0].channels
        formula = f"({times(*patch, channels)})*{self.filters}"
        weight = Weight("weight", (self.filters, channels, *patch), formula)
        return (weight, Weight("bias", (self.filters,), str(self.filters))) if self.bias else (weight,)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        outputs = self.output(inputs).size
        patch = axiswise(self.patch, inputs[0].rank)
        return Work(macs=outputs * prod(patch) * inputs[0].channels, adds=outputs * self.bias)

    def macs_formula(self, inputs: Inputs) -> str:
        patch = axiswise(self.patch, inputs[0].rank)
        return f"({times(*self.grid(inputs[0]))}) * ({times(*patch, inputs[0].channels)})*{self.filters}"

    def gives_view(self, inputs: Inputs) -> bool:
        """Positions along one axis are already one row."""
        return inputs[0].rank > 1

    def reads_view(self, inputs: Inputs) -> bool:
        return False

    def in_cudnn(self, inputs: Inputs) -> CudnnConvolution:
        volume = inputs[0]
        patch = axiswise(self.patch, volume.rank)
        patches = Shape(self.filters, self.grid(volume))
        return CudnnConvolution(volume, patches, patch, patch, (1,) * volume.rank)

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        return leaves_last(call, inputs[0], self.patch, self.patch)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        patch = axiswise(self.patch, volume.rank)
        arguments = {
            "in_channels": volume.channels,
            "out_channels": self.filters,
            "kernel_size": patch,
            "stride": patch,
            "bias": self.bias,
        }
        return TorchCall(f"nn.Conv{volume.rank}d", arguments), TorchCall("nn.Flatten", {"start_dim": 2})

    def label(self, inputs: Inputs) -> str:
        return f"PATCH{kernel_text(axiswise(self.patch, inputs[0].rank))}-{self.filters}"
