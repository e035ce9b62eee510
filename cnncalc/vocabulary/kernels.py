"""Which kernel PyTorch computes a convolution with, as far as how its output lies in memory depends on that."""

from abc import abstractmethod
from math import prod

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import PerAxis
from cnncalc.vocabulary.groups import KeepsFormat
from cnncalc.vocabulary.layer import Call, Inputs, Weight
from cnncalc.vocabulary.strides import Lying, suggests_last
from cnncalc.vocabulary.window import axiswise

# From so many values on (of channels over the first two axes) oneDNN takes any single image.
MANY = 20_480


def leaves_last(
    call: Call,
    volume: Shape,
    kernel: PerAxis,
    stride: PerAxis = 1,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> bool:
    """Whether a convolution of a volume leaves channels last in memory where they are so in the volume.

    cuDNN's does not in float64 (`cudnn_conv_suggest_memory_format` in ATen/native/ConvUtils.h). On a CPU, over three
    axes, only oneDNN's does (`_determine_backend_memory_format` in ATen/native/Convolution.cpp).
    """
    if call.device != "cpu":
        return call.dtype != "float64"
    return volume.rank < 3 or _in_onednn(call, volume, axiswise(kernel, 3), stride, dilation, groups)


def _in_onednn(
    call: Call, volume: Shape, kernel: tuple[int, ...], stride: PerAxis, dilation: PerAxis, groups: int
) -> bool:
    """Whether oneDNN computes a convolution over three axes on a CPU (`use_mkldnn` in ATen/native/Convolution.cpp).

    Neither in float64 nor, on most CPUs, in float16. In float32 not for one image that is small. With fake tensors
    PyTorch goes by what it would do with one thread: not for filters of one position (along the last two axes) in
    batches of fewer than 16 images.
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
    """Makes the gradient of its filters with channels last where those of its input are: it is copied then.

    `AccumulateGrad` keeps gradients as the parameter itself lies (torch/csrc/autograd/utils/grad_layout_contract.h).
    """

    @abstractmethod
    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        """Whether its kernel leaves channels last where those of its input are."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return super().lies(inputs, call) if self.leaves_last(inputs, call) else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if self.leaves_last(inputs, call) else None

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        filters = len(weight.shape) > 3 and weight.shape[1] > 1 and prod(weight.shape[2:]) > 1
        return filters and suggests_last(inputs[0].torch, call.lies()) and self.leaves_last(inputs, call)
