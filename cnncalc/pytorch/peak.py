"""The most memory a run takes: of a CUDA device what PyTorch allocates, of a CPU what the process gains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from cnncalc.pytorch.outcome import MeasuredPeak

STATUS, RESET = "/proc/self/status", "/proc/self/clear_refs"


@contextmanager
def watched(device: torch.device) -> Iterator[Callable[[], MeasuredPeak | None]]:
    """Watch a stretch of work; what is yielded tells its peak so far, None where it can't be known.

    On Linux the process's high-water mark of resident memory is set back first; what was resident before is left out.
    It is a rough figure: threads, kernels loaded on first use and memory that an allocator had kept count, too.
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
