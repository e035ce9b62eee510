"""Peaks that people measured on GPUs and published, beside those of cnncalc: `python -m benchmarks.published`.

What a source does not state is in `assumed`. Only figures are here whose network the zoo has, with the way it was run.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import cnncalc
from cnncalc.memory import Estimate, Setup

MIB = 2**20
MOMENTUM: Mapping[str, float] = MappingProxyType({"momentum": 0.9, "weight_decay": 1e-4})
# DistributedDataParallel over eight GPUs; the version is that of the time, of which 1.5 to 1.12 allocate alike.
TSN: Mapping[str, Any] = MappingProxyType(
    {"optimizer": "sgd", "options": MOMENTUM, "devices": 8, "torch": (1, 12)}
)
ZOO_OF_TSN = "https://github.com/open-mmlab/mmaction2/blob/v0.24.1/configs/recognition/tsn/README.md"
ROTOR = "https://github.com/hpcaitech/ColossalAI/pull/1599"
MODEL_OPT = "https://github.com/facebookresearch/MODel_opt/pull/23"
VIT = "https://github.com/rasbt/pytorch-memory-optim/blob/main/logs.md"


class PublishedPeak(NamedTuple):
    """One published figure, in bytes: of `allocated` or `reserved` memory, with one GPU's `images`.

    `above`: the source subtracts what was allocated before the first step, parameters and buffers.
    """

    spec: str
    images: int
    nbytes: float
    run: str
    source: str
    setup: Mapping[str, Any]
    peak: str = "allocated"
    above: bool = False
    assumed: str = ""
    # Whether it is a network of convolutions alone.
    plain: bool = True


def _tsn(images: int, mib: int) -> PublishedPeak:
    return PublishedPeak("resnet50", images, mib * MIB, "SGD with momentum, 8 GPUs", ZOO_OF_TSN, TSN)


def _rotor(spec: str, mib: float) -> PublishedPeak:
    run = "backward without an optimizer"
    setup = {"optimizer": "sgd", "torch": (1, 12)}
    return PublishedPeak(
        spec,
        128,
        mib * MIB,
        run,
        ROTOR,
        setup,
        above=True,
        assumed="the batch, and that parameters are not in it",
    )


def _traced(spec: str, images: int, nbytes: int, *, attends: bool = False) -> PublishedPeak:
    return PublishedPeak(
        spec,
        images,
        nbytes,
        "SGD, of a traced graph",
        MODEL_OPT,
        {"optimizer": "sgd", "attention": "math" if attends else "auto"},
        assumed="attention as products" if attends else "that the trace computes as a model does",
        plain=not attends,
    )


PEAKS = (
    _tsn(64, 5699),
    _tsn(80, 7028),
    _tsn(96, 8344),
    _tsn(128, 10978),
    _tsn(256, 21558),
    _rotor("resnet18", 2818.724),
    _rotor("densenet121", 16027.334),
    _traced("mobilenet_v2", 32, 2581472256),
    _traced("mobilenet_v2", 64, 5088830464),
    _traced("mobilenet_v2", 128, 10135741440),
    _traced("googlenet_bn", 128, 6357943808),
    _traced("vgg19", 128, 11743401984),
    _traced("vit_b_16", 32, 5277144064, attends=True),
    _traced("vit_b_16", 64, 9829480448, attends=True),
    PublishedPeak(
        "vit_l_16",
        64,
        26.79e9,
        "Adam",
        VIT,
        {"optimizer": "adam", "torch": (2, 1), "zero_grad": "backward", "capability": (8, 0)},
        peak="reserved",
        assumed="the GPU: an A100",
        plain=False,
    ),
)


def predicted(peak: PublishedPeak, workspaces: str = "least") -> int:
    """The same figure as cnncalc has it, in bytes, with the `least` or the `most` that workspaces may take."""
    graph = cnncalc.load(peak.spec, mode="training")
    setup = Setup(**peak.setup, workspaces=workspaces)
    batch = peak.images * setup.devices
    estimate = Estimate(graph, setup)
    peaks = estimate.reserved(batch)
    assert peaks is not None
    before = sum(estimate.breakdown(batch)[name] for name in ("params", "buffers")) if peak.above else 0
    figure: int = getattr(peaks, peak.peak)
    return figure - before


def error(peak: PublishedPeak) -> float:
    """How far the prediction is off, as a part of what was published."""
    return predicted(peak) / peak.nbytes - 1


def table() -> str:
    """All of them, in Markdown."""
    heads = (
        "network",
        "images",
        "run",
        "published",
        "cnncalc",
        "ratio",
        "with most workspaces",
        "assumed",
        "source",
    )
    lines = [f"| {' | '.join(heads)} |", "|:---|---:|:---|---:|---:|---:|---:|:---|:---|"]
    for peak in PEAKS:
        ours, most = (predicted(peak, workspaces) for workspaces in ("least", "most"))
        run = peak.run if peak.peak == "allocated" else f"{peak.run}; {peak.peak}"
        owner = "/".join(peak.source.split("/")[3:5])
        lines.append(
            f"| {peak.spec} | {peak.images} | {run} | {peak.nbytes / MIB:,.0f} | {ours / MIB:,.0f} "
            f"| {ours / peak.nbytes:.4f} | {most / MIB:,.0f} | {peak.assumed} | [{owner}]({peak.source}) |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
