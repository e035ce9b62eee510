"""GPUs by name: memory and compute capability, from the table in gpus.json.

Memory is what the vendor sells. It says 24 GB and means 24 x 2^30 bytes, as for memory chips; what a program can
use is less, by what error correction, the driver, a screen and the CUDA context take. How much that is differs by
machine and is not in the table: `torch.cuda.mem_get_info` tells.

Each row's `source` states its memory. Compute capabilities are from https://developer.nvidia.com/cuda-gpus and
https://developer.nvidia.com/cuda-legacy-gpus; the A10G, which neither lists, has the A10's chip. That a GPU is listed
does not say that PyTorch still runs on it.
"""

import os
from functools import cache
from typing import NamedTuple

GIB = 2**30

# Words that people leave out: they never tell two GPUs apart.
BRANDS = ("nvidia", "geforce", "tesla", "rtx", "gtx")
# How many names to offer where none is the one asked for.
NEAREST = 5
# Letters from which on a part of a name is worth looking for: `orin`.
SHORTEST = 3


class GPU(NamedTuple):
    """One GPU as sold: `memory` in bytes; `aliases` are what drivers call it; `note` says whose memory it is."""

    name: str
    memory: int
    capability: tuple[int, int]
    source: str
    aliases: tuple[str, ...] = ()
    note: str = ""


@cache
def table() -> tuple[GPU, ...]:
    """Every GPU there is a row for, in the file's order."""
    import json

    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, "gpus.json"), encoding="utf-8") as file:
        return tuple(_gpu(**row) for row in json.load(file))


def find(name: str) -> GPU | tuple[str, ...]:
    """The GPU of a name, whatever its case, spaces and brand: `rtx 4090`, `4090`, `NVIDIA GeForce RTX 4090`.

    Where there is none the names that come nearest, best first. A name that several go by (`A100` comes with 40 and
    with 80 GB) is no GPU's: all of them are returned.
    """
    key = _key(name)
    known = {_key(called): gpu for gpu in table() for called in (gpu.name, *gpu.aliases)}
    if key in known:
        return known[key]
    begins = [gpu.name for called, gpu in known.items() if key and called.startswith(key)]
    within = [gpu.name for called, gpu in known.items() if len(key) >= SHORTEST and key in called]
    near = begins or within
    if not near:
        from difflib import get_close_matches

        near = [known[match].name for match in get_close_matches(key, known, NEAREST)]
    return tuple(dict.fromkeys(near))


def _gpu(
    name: str, gib: int, capability: str, source: str, aliases: tuple[str, ...] = (), note: str = ""
) -> GPU:
    major, minor = capability.split(".")
    return GPU(name, gib * GIB, (int(major), int(minor)), source, tuple(aliases), note)


def _key(name: str) -> str:
    """What two spellings of a name have in common: `NVIDIA A100 80 GiB` and `a100-80gb` are `a10080gb`."""
    key = "".join(letter for letter in name.lower() if letter.isalnum()).replace("gib", "gb")
    for brand in BRANDS:
        key = key.removeprefix(brand)
    return key
