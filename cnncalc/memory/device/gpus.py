"""GPUs by name: memory and compute capability, from the table in gpus.json.

Memory is what the driver reports, where somebody has published that (`reported_mib`, with its source in `reported_by`):
it is without error correction and the driver's own part. Else it is what the vendor sells: 24 GB there are 24 x 2^30
bytes, as for memory chips. What a screen and the CUDA context take differs by machine and is not in the table:
`torch.cuda.mem_get_info` reports it. Apple's GPUs share the machine's memory; for them it is what Metal recommends to
use at most, which macOS versions compute differently.

Each row's `source` states its memory as sold; of a card with two GPUs, that of one. Compute capabilities are from
https://developer.nvidia.com/cuda-gpus and https://developer.nvidia.com/cuda-legacy-gpus; the A10G, which neither lists,
has the A10's chip. That a GPU is listed does not say that PyTorch still runs on it.
"""

import os
from functools import cache

from cnncalc.record import NamedTuple

MIB, GIB = 2**20, 2**30

# Words that people leave out: no two GPUs differ only in them.
BRANDS = ("nvidia", "geforce", "tesla", "rtx", "gtx", "amd", "instinct", "radeon", "rx", "pro")
# How many names to suggest if no GPU has the given name.
NEAREST = 5
# Letters from which on a part of a name is worth looking for: `orin`.
SHORTEST = 3


class GPU(NamedTuple):
    """One GPU: `memory` and `sold` in bytes; `aliases` are what drivers call it; `note` says whose memory it is.

    `memory` is what the driver reports, by `reported_by`; where nobody has published that, it is what is `sold`, and
    `reported_by` is empty. `capability` is the compute capability of an NVIDIA GPU. `cuda` is what a program sees of it
    (`torch.cuda.get_device_properties(0).total_memory`), less than the driver reports. `context` is what PyTorch's
    CUDA context takes, `eager_context` what it took where all kernels were loaded at the start. Each of the three is
    None where nobody has published it.
    """

    name: str
    memory: int
    sold: int
    vendor: str
    capability: tuple[int, int] | None
    source: str
    reported_by: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""
    cuda: int | None = None
    cuda_by: str = ""
    context: int | None = None
    context_by: str = ""
    eager_context: int | None = None
    eager_context_by: str = ""

    @property
    def for_programs(self) -> int:
        """Bytes that programs share, the CUDA context among them: what CUDA reports, where that has been published."""
        return self.memory if self.cuda is None else self.cuda


@cache
def known_gpus() -> tuple[GPU, ...]:
    """Every GPU in the table, in the file's order."""
    import json

    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "gpus.json"), encoding="utf-8") as file:
        return tuple(_gpu(**row) for row in json.load(file))


def gpus_like(pattern: str) -> tuple[GPU, ...]:
    """The GPUs whose vendor and name hold a pattern, whatever its case and spaces; all of them for an empty one."""
    key = _plain(pattern)
    return tuple(
        gpu
        for gpu in known_gpus()
        if any(key in _plain(f"{gpu.vendor} {alias}") for alias in (gpu.name, *gpu.aliases))
    )


def gpu_named(name: str) -> GPU | tuple[str, ...]:
    """The GPU of a name, whatever its case, spaces and brand: `rtx 4090`, `4090`, `NVIDIA GeForce RTX 4090`.

    Where there is none, the nearest names, best first. For a name that several GPUs share (an `A100` has 40 or 80 GB),
    the names of all of them.
    """
    key = _key(name)
    known = {_key(alias): gpu for gpu in known_gpus() for alias in (gpu.name, *gpu.aliases)}
    if key in known:
        return known[key]
    begins = [gpu.name for alias, gpu in known.items() if key and alias.startswith(key)]
    within = [gpu.name for alias, gpu in known.items() if len(key) >= SHORTEST and key in alias]
    near = begins or within
    if not near:
        from cnncalc.spelling import spelled_like

        near = [known[match].name for match in spelled_like(key, known)[:NEAREST]]
    return tuple(dict.fromkeys(near))


def _gpu(
    name: str,
    gib: float,
    source: str,
    capability: str | None = None,
    vendor: str = "NVIDIA",
    reported_mib: int | None = None,
    reported_by: str = "",
    aliases: tuple[str, ...] = (),
    note: str = "",
    cuda_gib: float | None = None,
    cuda_by: str = "",
    context_mib: int | None = None,
    context_by: str = "",
    eager_context_mib: int | None = None,
    eager_context_by: str = "",
) -> GPU:
    sold = int(gib * GIB)
    memory = sold if reported_mib is None else reported_mib * MIB
    version = None
    if capability is not None:
        major, minor = capability.split(".")
        version = int(major), int(minor)
    return GPU(
        name,
        memory,
        sold,
        vendor,
        version,
        source,
        reported_by,
        tuple(aliases),
        note,
        None if cuda_gib is None else int(cuda_gib * GIB),
        cuda_by,
        None if context_mib is None else context_mib * MIB,
        context_by,
        None if eager_context_mib is None else eager_context_mib * MIB,
        eager_context_by,
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum()).replace("gib", "gb")


def _key(name: str) -> str:
    """A normal form of a name that all its spellings share: `NVIDIA A100 80 GiB` and `a100-80gb` are `a10080gb`."""
    key = _plain(name)
    for brand in BRANDS:
        key = key.removeprefix(brand)
    return key
