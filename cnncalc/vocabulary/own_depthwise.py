"""Which depthwise convolutions PyTorch's own kernel computes on CUDA, and how many values that can count.

Over two axes it computes those that cuDNN does not get: of volumes with the channels last cuDNN gets all, of others in
float16 those for which it is faster (`use_cudnn_depthwise` in ATen/native/Convolution.cpp).
"""

from cnncalc.shape import Shape

# Its indices have 32 bits: a tensor must have fewer values (`canUse32BitIndexMath` in
# ATen/native/cuda/DepthwiseConv2d.cu). PyTorch raises an error for more.
VALUES = 2**31 - 2
# What cuDNN gets: square filters of these sizes, over this many channels and columns or more.
FILTERS = (1, 3, 5)
CHANNELS, COLUMNS = 32, 7
# With stride 2, filters of 3 or 5 over many channels, or over fewer of a wide volume.
MANY_CHANNELS, SOME_CHANNELS, WIDE = 512, 256, 28


def countable_images(
    source: Shape,
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    output: Shape,
    dtype: str,
) -> int | None:
    """The most images of which it counts the values, read and written; None where cuDNN computes them.

    The volumes lie in order. (Rules of PyTorch 1.10 and later, for several images.)
    """
    if source.rank != 2 or _in_cudnn(source, kernel, stride, dilation, dtype):
        return None
    return VALUES // max(source.size, output.size)


def _in_cudnn(
    volume: Shape, kernel: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...], dtype: str
) -> bool:
    size, columns = kernel[0], volume.spatial[1]
    if dtype != "float16" or set(dilation) != {1} or len(set(stride)) > 1 or volume.channels < CHANNELS:
        return False
    if len(set(kernel)) > 1 or size not in FILTERS or columns < COLUMNS:
        return False
    if stride[0] != 2 or size == 1:
        return stride[0] == 1
    return volume.channels >= MANY_CHANNELS or (volume.channels >= SOME_CHANNELS and columns >= WIDE)
