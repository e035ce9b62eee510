"""The workspace of a convolution on CUDA: the most that the kernels which cuDNN prefers may ask for.

cuDNN chooses one of several algorithms, and its guide says which need a workspace, and for what (cuDNN API reference,
`cudnnConvolutionFwdAlgo_t`; developer guide, tensor-core operations). Here each is a size that follows from the shapes:

- Implicit matrix products need none, or a table of indices.
- Tensor cores compute with the channels last, and with a multiple of 16 bytes of them. What lies otherwise is copied.
- Winograd's transform (3x3, stride 1) turns every 4x4 positions of the output into 6x6 values of each channel.
- The gradient of the filters is summed in float32.

An explicit matrix of all windows (im2col) and the Fourier transform take many times more, and are left out, for
`torch.backends.cudnn.benchmark` too: PyTorch tries them only in memory that is free, and takes the next algorithm where
a workspace is not to be had (`getMaxWorkspaceSize` and `try_all` in ATen/native/cudnn/Conv_v7.cpp;
`generate_and_filter_plans` in Conv_v8.cpp). So they don't decide whether a batch fits; where there is room, a peak may
be higher because of them.
"""

from enum import Enum
from math import prod

from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES, Shape

# The first compute capability with tensor cores for 16 bits, and with those for float32 (TF32, which PyTorch allows
# for convolutions by default).
TENSOR_CORES = (7, 0)
TF32 = (8, 0)
# Bytes of neighbouring channels that tensor cores read at once.
ALIGNED = 16
# Winograd: positions of the output along an axis for one tile, and values of the tile.
WINOGRAD_STEP, WINOGRAD_TILE = 4, 6
FLOAT32 = "float32"
HALVES = ("float16", "bfloat16")


class CudnnPass(Enum):
    """What a convolution computes: its output, the gradient of its input, or that of its filters."""

    FORWARD = "forward"
    DATA = "backward data"
    FILTER = "backward filter"


class WorkspaceBound(NamedTuple):
    """The most bytes of a workspace: `fixed` ones, and `each` for every image."""

    fixed: int = 0
    each: int = 0


class CudnnConvolution(NamedTuple):
    """A convolution as cuDNN gets it: the volumes that it reads and writes, and how its filters move.

    A transposed convolution is the backward pass of one: it reads what that writes.
    """

    source: Shape
    result: Shape
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def filters(self) -> int:
        """The number of values of all filters."""
        return self.source.channels * self.result.channels // self.groups * prod(self.kernel)

    @property
    def moves_one(self) -> bool:
        """Whether filters move by one position and are dense, over two axes: what transforms need."""
        return len(self.kernel) == 2 and self.groups == 1 and {*self.stride, *self.dilation} == {1}

    def tiles(self, steps: tuple[int, ...]) -> int:
        """How many tiles cover the larger of the two volumes; `steps` are the positions of a tile along each axis."""
        larger = max(self.source, self.result, key=lambda volume: volume.positions)
        return prod(-(-size // step) for size, step in zip(larger.spatial, steps, strict=True))


def workspace(
    convolution: CudnnConvolution,
    which: CudnnPass,
    dtype: str,
    *,
    last: bool,
    capability: tuple[int, int] | None = None,
) -> WorkspaceBound:
    """The most that a convolution asks for in one pass; `last`: its volumes lie with the channels last.

    `dtype` is the type that it computes in. Without a `capability` it is the most of all GPUs.
    """
    at_least = (lambda version: True) if capability is None else (lambda version: capability >= version)
    bounds = [_indices(convolution)]
    if (dtype in HALVES and at_least(TENSOR_CORES)) or (dtype == FLOAT32 and at_least(TF32)):
        bounds.append(_copies(convolution, DTYPES[dtype], last=last))
    if dtype == FLOAT32 and not last and convolution.moves_one and set(convolution.kernel) == {3}:
        bounds.append(_winograd(convolution))
    sums = convolution.filters * DTYPES[FLOAT32] if which is CudnnPass.FILTER else 0
    return WorkspaceBound(max(bound.fixed for bound in bounds) + sums, max(bound.each for bound in bounds))


def _indices(convolution: CudnnConvolution) -> WorkspaceBound:
    """The offset of each value of a window: of all groups the same."""
    return WorkspaceBound(4 * prod(convolution.kernel) * convolution.source.channels // convolution.groups)


def _copies(convolution: CudnnConvolution, width: int, *, last: bool) -> WorkspaceBound:
    """Copies of the volumes and of the filters, as far as they don't lie as tensor cores read them."""
    aligned = ALIGNED // width

    def wide(volume: Shape) -> int:
        # Groups are never widened: a group has its own kernels.
        return volume.channels if convolution.groups > 1 else -(-volume.channels // aligned) * aligned

    each, fixed = 0, 0
    for volume in (convolution.source, convolution.result):
        if not last or wide(volume) != volume.channels:
            each += wide(volume) * volume.positions * width
            fixed = wide(convolution.source) * wide(convolution.result) // convolution.groups
    return WorkspaceBound(fixed * prod(convolution.kernel) * width, each)


def _winograd(convolution: CudnnConvolution) -> WorkspaceBound:
    """The transformed tiles of both volumes, and the transformed filters."""
    tile, width = WINOGRAD_TILE**2, DTYPES[FLOAT32]
    channels = convolution.source.channels, convolution.result.channels
    tiles = convolution.tiles((WINOGRAD_STEP,) * len(convolution.kernel))
    return WorkspaceBound(tile * prod(channels) * width, tile * tiles * sum(channels) * width)
