"""The device: PyTorch's caching allocator, the workspaces of CUDA's libraries, and GPUs by name."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.device.allocator import CachingAllocator as CachingAllocator
    from cnncalc.memory.device.allocator import OutOfMemory as OutOfMemory
    from cnncalc.memory.device.blocks import MIB as MIB
    from cnncalc.memory.device.blocks import MIN_BLOCK as MIN_BLOCK
    from cnncalc.memory.device.blocks import MemoryBlock as MemoryBlock
    from cnncalc.memory.device.context import CONTEXT_RESERVE as CONTEXT_RESERVE
    from cnncalc.memory.device.context import CudaContext as CudaContext
    from cnncalc.memory.device.context import cuda_context as cuda_context
    from cnncalc.memory.device.expandable import ExpandableAllocator as ExpandableAllocator
    from cnncalc.memory.device.gpus import BRANDS as BRANDS
    from cnncalc.memory.device.gpus import GPU as GPU
    from cnncalc.memory.device.gpus import gpu_named as gpu_named
    from cnncalc.memory.device.gpus import gpus_like as gpus_like
    from cnncalc.memory.device.gpus import known_gpus as known_gpus
    from cnncalc.memory.device.workspaces import CUBLAS_LT_OWN as CUBLAS_LT_OWN
    from cnncalc.memory.device.workspaces import CUDNN as CUDNN
    from cnncalc.memory.device.workspaces import HeldWorkspace as HeldWorkspace
    from cnncalc.memory.device.workspaces import Interval as Interval
    from cnncalc.memory.device.workspaces import Lifetime as Lifetime
    from cnncalc.memory.device.workspaces import cublas as cublas

# The public names of this package, with their modules.
_EXPORTS = {
    "BRANDS": "gpus",
    "CONTEXT_RESERVE": "context",
    "CUBLAS_LT_OWN": "workspaces",
    "CUDNN": "workspaces",
    "CachingAllocator": "allocator",
    "ExpandableAllocator": "expandable",
    "CudaContext": "context",
    "GPU": "gpus",
    "HeldWorkspace": "workspaces",
    "Interval": "workspaces",
    "Lifetime": "workspaces",
    "MIB": "blocks",
    "MIN_BLOCK": "blocks",
    "MemoryBlock": "blocks",
    "OutOfMemory": "allocator",
    "cublas": "workspaces",
    "cuda_context": "context",
    "gpu_named": "gpus",
    "gpus_like": "gpus",
    "known_gpus": "gpus",
}
__all__ = [
    "BRANDS",
    "CONTEXT_RESERVE",
    "CUBLAS_LT_OWN",
    "CUDNN",
    "GPU",
    "MIB",
    "MIN_BLOCK",
    "CachingAllocator",
    "CudaContext",
    "ExpandableAllocator",
    "HeldWorkspace",
    "Interval",
    "Lifetime",
    "MemoryBlock",
    "OutOfMemory",
    "cublas",
    "cuda_context",
    "gpu_named",
    "gpus_like",
    "known_gpus",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
