"""What this cnncalc predicts for a case of a record."""

from functools import lru_cache
from typing import Any

import cnncalc
from benchmarks._gpu.plan import WAYS
from benchmarks._step import OPTIMIZERS
from cnncalc.memory import BACKENDS, Estimate, Setup


def versions(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """What the record says of the device and of PyTorch; empty where that case is missing."""
    return next((line["measured"] for line in lines if line["case"] == "versions" and "measured" in line), {})


def estimate(line: dict[str, Any], capability: tuple[int, int] | None) -> Estimate:
    """The estimate of the run that a line is about."""
    return _estimate(line["network"], line.get("mode", "training"), line.get("way", "float32"), capability)


@lru_cache(maxsize=4)
def _estimate(network: str, mode: str, way: str, capability: tuple[int, int] | None) -> Estimate:
    autocast, channels_last = WAYS[way]
    setup = Setup(
        mode=mode,
        backend=BACKENDS["cuda"],
        autocast=autocast,
        channels_last=channels_last,
        capability=capability,
    )
    if mode == "training":
        setup = setup._replace(optimizer="sgd", options=OPTIMIZERS["sgd"])
    return Estimate(cnncalc.load(network, mode=mode), setup)


def capability(lines: list[dict[str, Any]]) -> tuple[int, int] | None:
    """The compute capability of the device."""
    given = versions(lines).get("capability")
    return (given[0], given[1]) if given else None
