"""The peak memory of a run: on a CUDA device what PyTorch allocates, on a CPU how much the process grows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from cnncalc.pytorch.outcome import MeasuredPeak

STATUS, RESET = "/proc/self/status", "/proc/self/clear_refs"


@contextmanager
def watched(device: torch.device) -> Iterator[Callable[[], MeasuredPeak | None]]:
    """Measures the peak memory of a block; the yielded function returns the peak so far, or None if it is unknown.

    On Linux the high-water mark of the process is reset first, and memory that was resident before is subtracted. It is
    a rough figure: threads, kernels loaded on first use and memory kept by an allocator count too.
    """
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        yield lambda: MeasuredPeak(torch.cuda.max_memory_allocated(device), "allocated on the device")
        return
    before = _resident("VmRSS") if device.type == "cpu" and _set_back() else None

    def measured() -> MeasuredPeak | None:
        now = _resident("VmHWM")
        return (
            None
            if before is None or now is None
            else MeasuredPeak(max(0, now - before), "gained by the process")
        )

    yield measured


def _set_back() -> bool:
    try:
        with open(RESET, "w", encoding="ascii") as file:
            file.write("5")
    except OSError:
        return False
    return True


def _resident(line: str) -> int | None:
    """A figure of this process's memory, in bytes."""
    try:
        with open(STATUS, encoding="ascii", errors="replace") as file:
            values = [entry.split()[1] for entry in file if entry.startswith(f"{line}:")]
    except OSError:
        return None
    return int(values[0]) * 1024 if values else None
