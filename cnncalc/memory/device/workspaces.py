"""Memory that is not a tensor of the network: workspaces of cuBLAS and cuDNN, and the CUDA context.

The figures are those of PyTorch with no environment variable set. Sizes without measurement are unknown, never 0.
"""

from enum import Enum

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.torch_versions import (
    CUBLAS_COUNTED,
    LARGE_CUBLAS_ON_BLACKWELL,
    NEWEST,
    TorchVersion,
)

KIB = 2**10
MIB = 2**20

# `:4096:2:16:8` as CUBLAS_WORKSPACE_CONFIG spells it: two buffers of 4096 KiB and eight of 16 KiB.
CUBLAS = (2 * 4096 + 8 * 16) * KIB
CUBLAS_LARGE = 32 * MIB
# Major compute capabilities that get the large one: Hopper, and Blackwell of the data centre and of the desk.
CUBLAS_LARGE_FOR = (9, 10, 12)


class Interval(NamedTuple):
    """Bytes from `low` to `high`, both possible; `high` is None where nothing is known to bound them."""

    low: int
    high: int | None

    @property
    def exact(self) -> int | None:
        """The number of bytes, if it is known."""
        return self.low if self.low == self.high else None


class Lifetime(Enum):
    """The time for which a workspace is held."""

    # From a thread's first matrix product to the end of the process.
    THREAD = "thread"
    # While one convolution runs.
    CONVOLUTION = "convolution"
    # From the first use of the device to the end of the process.
    PROCESS = "process"


class HeldWorkspace(NamedTuple):
    """Bytes held besides tensors: `counted` where they come from the caching allocator and are in its figures."""

    name: str
    size: Interval
    counted: bool
    lifetime: Lifetime
    source: str


def cublas(capability: tuple[int, int] | None, torch: TorchVersion = NEWEST) -> HeldWorkspace:
    """The workspace of one cuBLAS handle, by the device's compute capability; None where that is not known.

    Older versions of PyTorch let cuBLAS take it from the device: it is then not `counted`.

    The first matrix product that a thread runs allocates it. The forward pass runs in the caller's thread and the
    backward pass in autograd's thread of the device, and each has a handle of its own: a training step with a
    linear layer holds two. `cublasLt` shares the handle's (TORCH_CUBLASLT_UNIFIED_WORKSPACE, on by default) and adds
    nothing. A convolution that cuDNN runs needs none.
    """
    return HeldWorkspace(
        name="cuBLAS workspace",
        size=_cublas_size(capability, torch),
        counted=CUBLAS_COUNTED.holds(torch),
        lifetime=Lifetime.THREAD,
        source="parseChosenWorkspaceSize, aten/src/ATen/cuda/CublasHandlePool.cpp",
    )


# What cuBLASLt has for itself in the versions of PyTorch in which it does not work in cuBLAS's workspace
# (`_parseChosenWorkspaceSize`, aten/src/ATen/cuda/CUDABlas.cpp).
CUBLAS_LT_OWN = MIB


def _cublas_size(capability: tuple[int, int] | None, torch: TorchVersion) -> Interval:
    if not CUBLAS_COUNTED.holds(torch):
        # What cuBLAS takes for itself is not documented for these.
        return Interval(0, None)
    if capability is not None:
        certain = capability[0] == CUBLAS_LARGE_FOR[0] or LARGE_CUBLAS_ON_BLACKWELL.holds(torch)
        if capability[0] in CUBLAS_LARGE_FOR and certain:
            return Interval(CUBLAS_LARGE, CUBLAS_LARGE)
        if capability[0] < min(CUBLAS_LARGE_FOR):
            return Interval(CUBLAS, CUBLAS)
    # Capability 11 (Jetson Thor) changed from the small to the large one around 2.13; above 12 there is no GPU yet.
    return Interval(CUBLAS, CUBLAS_LARGE)


# How much depends on the algorithm that cuDNN's heuristics (or its benchmark) choose for a layer's sizes, its number
# type, the GPU and cuDNN's version. Some need none.
CUDNN = HeldWorkspace(
    name="cuDNN workspace",
    size=Interval(0, None),
    counted=True,
    lifetime=Lifetime.CONVOLUTION,
    source="run_conv_plan, aten/src/ATen/native/cudnn/Conv_v8.cpp",
)
