"""The devices that can run a model, and their memory."""

import os
from pathlib import Path

import torch

# The memory limits of a container's control group, versions 2 and 1.
LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


class NoDevice(Exception):
    """The requested device is not available."""


def choose(asked: str) -> str:
    """The device to run on: `auto` is CUDA if it is available. Raises `NoDevice`."""
    if asked == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if asked == "cuda" and not torch.cuda.is_available():
        raise NoDevice("no CUDA device is available: use --device cpu, or --meta")
    return asked


def memory() -> int | None:
    """The most memory that this process can have, in bytes; None if the system does not say."""
    limits = [limit for limit in map(_limit, LIMITS) if limit is not None]
    if hasattr(os, "sysconf"):
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limits, default=None)


def _limit(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def one_thread() -> None:
    """Compute in one thread: needed in a process that was forked after PyTorch started threads."""
    torch.set_num_threads(1)
