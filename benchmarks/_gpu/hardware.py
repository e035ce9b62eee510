"""The device that is measured: a GPU, or a CPU for a dry run, which has no figures of a GPU's memory."""

import gc
import os
import platform
import subprocess
from typing import Any

import torch

from benchmarks._environment import environment

DRIVER = ("nvidia-smi", "--query-gpu=driver_version,memory.used", "--format=csv,noheader,nounits")


class Hardware:
    """`type` is PyTorch's device type. Bytes are None where the device does not count them."""

    def __init__(self, type: str) -> None:
        self.type = type
        self.counted = type == "cuda"
        # Before this process has used the device; all other processes together.
        self._driver, self._used_before = _driver() if self.counted else ("", None)

    @property
    def name(self) -> str:
        """The name of the GPU; "cpu" for a dry run."""
        return torch.cuda.get_device_name() if self.counted else "cpu"

    def clean(self) -> None:
        """Give back what earlier cases left: cached segments, and the workspaces of cuBLAS; the peaks begin anew."""
        gc.collect()
        if self.counted:
            torch.cuda.synchronize()
            torch._C._cuda_clearCublasWorkspaces()
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()

    def wait(self) -> None:
        """Until the device has done all it was asked for."""
        if self.counted:
            torch.cuda.synchronize()

    def reset_peaks(self) -> None:
        """The peaks begin with what is there now."""
        if self.counted:
            torch.cuda.reset_peak_memory_stats()

    def allocated(self) -> int | None:
        return torch.cuda.memory_allocated() if self.counted else None

    def peak_allocated(self) -> int | None:
        return torch.cuda.max_memory_allocated() if self.counted else None

    def peak_reserved(self) -> int | None:
        return torch.cuda.max_memory_reserved() if self.counted else None

    def outside(self) -> int | None:
        """The device's used memory less what the allocator has reserved: contexts of all processes."""
        if not self.counted:
            return None
        free, total = torch.cuda.mem_get_info()
        return total - free - torch.cuda.memory_reserved()

    def versions(self) -> dict[str, Any]:
        """What decides which kernels run, and how much memory they take."""
        cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
        facts: dict[str, Any] = {"torch": torch.__version__, "cudnn": cudnn, **environment()}
        if self.counted:
            properties = torch.cuda.get_device_properties(torch.cuda.current_device())
            facts |= {
                "cuda": torch.version.cuda,
                "driver": self._driver,
                "capability": list(torch.cuda.get_device_capability()),
                "total_memory": properties.total_memory,
                "used_before": self._used_before,
                "settings": {
                    name: value
                    for name, value in sorted(os.environ.items())
                    if name.startswith(("PYTORCH_", "TORCH_CUBLAS", "CUBLAS", "CUDA_MODULE", "CUDNN"))
                },
            }
        return facts | {"machine": platform.machine()}


def _driver() -> tuple[str, int | None]:
    """The driver's version, and bytes of the first GPU that are in use; nothing where nvidia-smi does not run."""
    try:
        done = subprocess.run(DRIVER, capture_output=True, text=True, check=True, timeout=20)
        version, used = done.stdout.splitlines()[0].split(", ")
        return version, int(used) * 2**20
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return "", None
