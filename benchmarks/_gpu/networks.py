"""Cases that run whole networks: their memory, their speed, and what `cnncalc verify` finds."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

import cnncalc
from benchmarks._gpu.hardware import Hardware
from benchmarks._gpu.plan import WAYS
from benchmarks._step import Case, Prepared, prepare

# Seconds for which the speed of a network is measured, after it has run a few times.
TIMED = 1.0
MOST_RUNS = 50


def prepared(hardware: Hardware, network: str, mode: str, batch: int, way: str = "float32") -> Prepared:
    """A network with all that its step needs, on the device."""
    dtype, channels_last = WAYS[way]
    case = Case(network, mode, "" if mode == "inference" else "sgd", batch)
    # A CPU's convolutions have no float16 kernels everywhere.
    autocast = getattr(torch, dtype if hardware.counted else "bfloat16") if dtype else None
    graph = cnncalc.load(network, mode=mode)
    return prepare(torch, graph, case, device=hardware.type, autocast=autocast, channels_last=channels_last)


def memory(hardware: Hardware, network: str, mode: str, batch: int, benchmark: bool) -> dict[str, Any]:
    """The peaks of two training steps with SGD with momentum, or of a prediction; in bytes."""
    with cudnn_benchmark(benchmark):
        before = hardware.allocated()
        ready = prepared(hardware, network, mode, batch)
        for _ in range(2 if mode == "training" else 1):
            ready.step()
        hardware.wait()
    return {
        "before": before,
        "allocated": hardware.peak_allocated(),
        "reserved": hardware.peak_reserved(),
    }


def speed(hardware: Hardware, network: str, way: str, batch: int) -> dict[str, Any]:
    """Images a second at inference, without cuDNN's benchmark mode."""
    ready = prepared(hardware, network, "inference", batch, way)
    for _ in range(3 if hardware.counted else 1):
        ready.step()
    hardware.wait()
    runs, seconds, begun = 0, 0.0, time.perf_counter()
    while runs < (MOST_RUNS if hardware.counted else 1) and seconds < TIMED:
        ready.step()
        runs += 1
        # Waiting after each run costs little where a batch takes milliseconds, and keeps to the time.
        hardware.wait()
        seconds = time.perf_counter() - begun
    return {"runs": runs, "seconds": round(seconds, 4), "images_per_second": round(runs * batch / seconds, 1)}


def verify(hardware: Hardware, network: str) -> dict[str, Any]:
    """What `cnncalc verify --mode training` compares on the device."""
    from cnncalc.pytorch.verify import verify as compare

    result = compare(cnncalc.load(network, mode="training"), device=hardware.type, training=True)
    figures = [(layer.name, figure) for layer in result.layers for figure in layer.figures]
    figures += [("all layers", figure) for figure in result.totals]
    return {
        "ok": result.ok,
        "compared": sum(figure.ok is not None for _, figure in figures),
        "mismatches": [
            {
                "where": where,
                "what": figure.what,
                "predicted": str(figure.predicted),
                "actual": str(figure.actual),
            }
            for where, figure in figures
            if figure.ok is False
        ],
    }


@contextmanager
def cudnn_benchmark(on: bool) -> Iterator[None]:
    """cuDNN's choice of algorithms by measurement, on or off; afterwards as before."""
    usual = torch.backends.cudnn.benchmark
    torch.backends.cudnn.benchmark = on
    try:
        yield
    finally:
        torch.backends.cudnn.benchmark = usual
