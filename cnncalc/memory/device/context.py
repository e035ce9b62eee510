"""The CUDA context: the driver's own state and the loaded kernels, outside of PyTorch's allocator.

It depends on the GPU, the driver and the kernels that PyTorch has loaded so far. What people have published for a GPU
is in gpus.json: the device's used memory less what the allocator has reserved. For other GPUs it is assumed.
"""

from cnncalc.memory.device.gpus import GPU
from cnncalc.memory.device.workspaces import MIB, HeldWorkspace, Interval, Lifetime
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.torch_versions import KERNELS_LOADED_LATE, NEWEST, TorchVersion

# Where nothing is published: a process of PyTorch 2 takes about 300 MB before its first tensor, and more with each
# kernel that it loads; where CUDA loads all of them at the start, "more than 1000 MB"
# (https://github.com/pytorch/pytorch/issues/107667).
CONTEXT_RESERVE = 512 * MIB
EAGER_CONTEXT = 1024 * MIB


class CudaContext(NamedTuple):
    """The bytes that a context takes, where the figure is from, and whether it is only assumed."""

    nbytes: int
    assumed: bool
    source: str

    @property
    def workspace(self) -> HeldWorkspace:
        """As what is held besides tensors: no figure is exact, and nothing bounds it."""
        return HeldWorkspace(
            "CUDA context", Interval(self.nbytes, None), False, Lifetime.PROCESS, self.source
        )


def cuda_context(gpu: GPU | None = None, version: TorchVersion = NEWEST) -> CudaContext:
    """What PyTorch's context takes of a GPU in a version of PyTorch, as published for it, else as assumed."""
    late = KERNELS_LOADED_LATE.holds(version)
    published, source = None, ""
    if gpu is not None:
        published, source = (
            (gpu.context, gpu.context_by) if late else (gpu.eager_context, gpu.eager_context_by)
        )
    if published is not None:
        return CudaContext(published, False, source)
    return CudaContext(
        CONTEXT_RESERVE if late else EAGER_CONTEXT,
        True,
        "https://github.com/pytorch/pytorch/issues/107667",
    )
