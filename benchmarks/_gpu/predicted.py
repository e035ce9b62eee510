"""What this cnncalc predicts for a case of a record."""

from functools import lru_cache
from typing import Any, NamedTuple

import cnncalc
from benchmarks._gpu.plan import WAYS
from benchmarks._step import OPTIMIZERS
from cnncalc.memory import BACKENDS, Estimate, Setup


def versions(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the record says of the device and of PyTorch; empty where that case is missing."""
    return next((line["measured"] for line in lines if line["case"] == "versions" and "measured" in line), {})


def of(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The lines of one kind that have figures."""
    return [line for line in lines if line["case"] == kind and "measured" in line]


class Gpu(NamedTuple):
    """What predictions depend on: the compute capability, and PyTorch's version."""

    capability: tuple[int, int] | None = None
    torch: tuple[int, int] = Setup().torch


def gpu_of(lines: list[dict[str, Any]]) -> Gpu:
    """The GPU and the version of a record, as far as it says."""
    facts = versions(lines)
    if not facts.get("capability"):
        return Gpu()
    major, minor = facts["torch"].split(".")[:2]
    return Gpu((facts["capability"][0], facts["capability"][1]), (int(major), int(minor)))


def estimate(line: dict[str, Any], gpu: Gpu, workspaces: str = "least") -> Estimate:
    """The estimate of the run that a line is about, with the `least` or the `most` that workspaces may take."""
    mode, way = line.get("mode", "training"), line.get("way", "float32")
    return _estimate(line["network"], mode, way, gpu, workspaces)


@lru_cache(maxsize=4)
def _estimate(network: str, mode: str, way: str, gpu: Gpu, workspaces: str) -> Estimate:
    autocast, channels_last = WAYS[way]
    setup = Setup(
        mode=mode,
        backend=BACKENDS["cuda"],
        autocast=autocast,
        channels_last=channels_last,
        capability=gpu.capability,
        torch=gpu.torch,
        workspaces=workspaces,
    )
    if mode == "training":
        setup = setup._replace(optimizer="sgd", options=OPTIMIZERS["sgd"])
    return Estimate(cnncalc.load(network, mode=mode), setup)
