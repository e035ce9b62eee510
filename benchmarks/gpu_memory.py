"""Measure memory on a GPU, compare it with the predictions, and record every figure: `python -m benchmarks.gpu_memory`.

The networks and runs of benchmarks/record_memory.py on the CUDA device: `max_memory_allocated` and
`max_memory_reserved` of two steps (of one prediction), with cuDNN's benchmark off and on. Writes
benchmarks/results/memory-<device>.json with what made it. What does not fit on the device is recorded as such.
"""

import gc
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

import click

import cnncalc
from benchmarks._bench import ROOT
from benchmarks._environment import environment
from benchmarks._step import OPTIMIZERS, Case, prepare
from benchmarks.gpu_verify import RESULTS, device_versions, named
from benchmarks.record_memory import SPECS, cases
from cnncalc.graph import Graph
from cnncalc.memory import BACKENDS, Estimate, Setup


def setup(case: Case, capability: tuple[int, int]) -> Setup:
    """The setup of a case on a GPU."""
    cuda = BACKENDS["cuda"]
    if case.mode == "inference":
        return Setup(mode="inference", backend=cuda, capability=capability)
    return Setup(
        backend=cuda, optimizer=case.optimizer, options=OPTIMIZERS[case.optimizer], capability=capability
    )


def predicted(graph: Graph, case: Case, capability: tuple[int, int]) -> dict[str, int]:
    """Bytes allocated and reserved at their peaks; workspaces of cuDNN left out."""
    reserved = Estimate(graph, setup(case, capability)).reserved(case.batch)
    assert reserved is not None  # CUDA has an allocator.
    return {"allocated": reserved.allocated, "reserved": reserved.reserved}


def measured(torch: Any, graph: Graph, case: Case, *, benchmark: bool) -> dict[str, int] | None:
    """What PyTorch reports after the run; None if it does not fit."""
    torch.backends.cudnn.benchmark = benchmark
    # What earlier cases left: cached segments, and the workspaces of cuBLAS.
    gc.collect()
    torch._C._cuda_clearCublasWorkspaces()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    try:
        ready = prepare(torch, graph, case, device="cuda")
        for _ in range(2 if case.mode == "training" else 1):
            ready.step()
        torch.cuda.synchronize()
    except torch.cuda.OutOfMemoryError:
        return None
    return {
        "allocated": torch.cuda.max_memory_allocated(),
        "reserved": torch.cuda.max_memory_reserved(),
    }


def errors(data: dict[str, Any], which: str = "allocated") -> list[float]:
    """For every measured case of a record, the error of the current prediction, as a part of the measured value."""
    capability = (data["made"]["capability"][0], data["made"]["capability"][1])
    failures = []
    for row in data["cases"]:
        case = Case(row["spec"], row["mode"], row["optimizer"], row["batch"])
        graph = cnncalc.load(case.spec, mode=case.mode)
        foretold = predicted(graph, case, capability)[which]
        failures += [foretold / run[which] - 1 for run in row["measured"].values() if run is not None]
    return failures


def path(data: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Where a record is kept: by its device's name."""
    return folder / f"memory-{named(data)}.json"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
def main(specs: tuple[str, ...]) -> None:
    """Measure on the GPU and (where no SPEC is named) write the record.

    Exit status: 1 where an error is above 5%, 2 without a GPU.
    """
    import torch

    if not torch.cuda.is_available():
        click.echo("error: no CUDA device is available, so there is nothing to record", err=True)
        sys.exit(2)
    capability = torch.cuda.get_device_capability()
    data: dict[str, Any] = {
        "version": 1,
        "made": {**device_versions("cuda"), "capability": list(capability), **environment()},
        "cases": [],
    }
    for spec in specs or SPECS:
        graphs = {mode: cnncalc.load(spec, mode=mode) for mode in ("inference", "training")}
        for case in cases(spec):
            graph = graphs[case.mode]
            row = {
                **case._asdict(),
                "predicted": predicted(graph, case, capability),
                "measured": {
                    name: measured(torch, graph, case, benchmark=benchmark)
                    for name, benchmark in (("benchmark_off", False), ("benchmark_on", True))
                },
            }
            data["cases"].append(row)
            click.echo(json.dumps(row))
    for which in ("allocated", "reserved"):
        off = [abs(error) for error in errors(data, which)]
        if off:
            click.echo(f"{which}: {len(off)} runs, median error {median(off):.3%}, largest {max(off):.3%}")
    if not specs:
        to = path(data)
        to.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        click.echo(f"Written: {to.relative_to(ROOT)}")
    sys.exit(1 if any(abs(error) > 0.05 for error in errors(data)) else 0)


if __name__ == "__main__":
    main()
