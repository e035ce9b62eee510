"""Which kernel PyTorch uses for a convolution, as far as the memory layout of the output depends on it."""

from abc import abstractmethod
from math import prod

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call, Inputs, Weight
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise

# From this number of values (channels over the first two axes), oneDNN accepts a single image.
MANY = 20_480


def leaves_last(
    call: Call,
    volume: Shape,
    kernel: PerAxis,
    stride: PerAxis = 1,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> bool:
    """Whether a convolution of a channels-last volume has a channels-last output.

    cuDNN's has not in float64 (`cudnn_conv_suggest_memory_format` in ATen/native/ConvUtils.h). On a CPU, over three
    axes, only oneDNN's does (`_determine_backend_memory_format` in ATen/native/Convolution.cpp).
    """
    if call.device != "cpu":
        return call.dtype != "float64"
    return volume.rank < 3 or _in_onednn(call, volume, axiswise(kernel, 3), stride, dilation, groups)


def _in_onednn(
    call: Call, volume: Shape, kernel: tuple[int, ...], stride: PerAxis, dilation: PerAxis, groups: int
) -> bool:
    """Whether oneDNN computes a convolution over three axes on a CPU (`use_mkldnn` in ATen/native/Convolution.cpp).

    It does not in float64 and, on most CPUs, in float16, and in float32 not for one small image. With fake tensors
    PyTorch behaves as with one thread: it does not for filters of one position (along the last two axes) in batches of
    fewer than 16 images.
    """
    if call.dtype != "float32":
        return call.dtype == "bfloat16"
    if (
        call.alone
        and groups == 1
        and min(kernel[1:]) <= 3
        and volume.channels * prod(volume.spatial[:2]) <= MANY
    ):
        return False
    moves = {*axiswise(stride, 3), *axiswise(dilation, 3)} != {1}
    return moves or max(kernel[1:]) > 1 or not call.subclasses


class FormatsWeights(KeepsFormat):
    """The gradient of its filters is in channels-last format if its input is: it is then copied.

    `AccumulateGrad` keeps gradients in the layout of the parameter (torch/csrc/autograd/utils/grad_layout_contract.h).
    """

    @abstractmethod
    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        """Whether its kernel keeps the channels-last format of its input."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return super().lies(inputs, call) if self.leaves_last(inputs, call) else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if self.leaves_last(inputs, call) else None

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        filters = len(weight.shape) > 2 and weight.shape[1] > 1 and prod(weight.shape[2:]) > 1
        return filters and self.reads_last(inputs, call) and self.leaves_last(inputs, call)
