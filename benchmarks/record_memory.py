"""Compare memory peaks with PyTorch's own tracker, and record every figure: `python -m benchmarks.record_memory`.

Networks of the zoo, in inference and in training with SGD with momentum and with Adam, at batch 8 and 32: the second
of two steps, as `MemTracker` measures it with fake tensors. Also torchinfo's "estimated total size" of the model.
Writes benchmarks/results/memory-tracker.json, with what made it; docs/memory.md shows it. (It has no
target for speed, so it is not one of the benchmarks that `make bench` runs: hence its name.)
"""

import json
import sys
import time
import warnings
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module
from statistics import median
from typing import Any

import click

import cnncalc
from benchmarks._bench import ROOT
from benchmarks._environment import environment
from benchmarks._step import OPTIMIZERS, Case
from benchmarks._tracker import setup, tracked
from cnncalc.graph import Graph
from cnncalc.memory import Estimate

RECORD = ROOT / "benchmarks" / "results" / "memory-tracker.json"
BATCHES = (8, 32)
# At least one of every family of the zoo.
SPECS = (
    "alexnet",
    "alexnet_owt",
    "all_cnn_a",
    "cifar_convnet",
    "convnext_tiny",
    "deeplabv3_resnet50",
    "densenet121",
    "dilated_frontend_vgg16",
    "efficientnet_b0",
    "fcn32s",
    "fcn8s",
    "fractalnet",
    "fractional_maxpool_net",
    "googlenet",
    "googlenet_bn",
    "inception_v3",
    "lenet5",
    "mnasnet1_0",
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3_large",
    "mobilenet_v3_small",
    "nin",
    "regnet_x_400mf",
    "regnet_y_400mf",
    "resnet110_cifar",
    "resnet18",
    "resnet50",
    "resnext50_32x4d",
    "se_resnet50",
    "shufflenet_v2_x1_0",
    "squeezenet1_0",
    "squeezenet1_1",
    "swin_t",
    "unet",
    "vgg11_lrn",
    "vgg16",
    "vgg16_bn",
    "vit_b_16",
    "vit_b_32",
    "wrn_28_10",
    "xception",
    "zfnet",
)


def cases(spec: str) -> Iterator[Case]:
    """The ways a network is run."""
    for batch in BATCHES:
        yield Case(spec, "inference", "", batch)
        for optimizer in OPTIMIZERS:
            yield Case(spec, "training", optimizer, batch)


def error(data: dict[str, Any]) -> float:
    """How far the prediction of a recorded case is from what was measured, as a part of that."""
    case = Case(data["spec"], data["mode"], data["optimizer"], data["batch"])
    predicted = _estimate(case._replace(batch=0)).peak(case.batch).nbytes
    return predicted / float(data["measured"]) - 1


@lru_cache(maxsize=1 + len(OPTIMIZERS))
def _estimate(case: Case) -> Estimate:
    """The estimate that all batches of a case share."""
    return Estimate(_graph(case.spec, case.mode), setup(case))


@lru_cache(maxsize=2)
def _graph(spec: str, mode: str) -> Graph:
    """A network in one mode. Cases of one network follow one another in the record: two graphs are enough."""
    return cnncalc.load(spec, mode=mode)


def measure(torch: Any, case: Case, graphs: dict[str, Graph]) -> dict[str, Any]:
    """One row of the record."""
    graph = graphs[case.mode]
    begun = time.perf_counter()
    measured = tracked(torch, graph, case)
    tracking = time.perf_counter() - begun
    begun = time.perf_counter()
    predicted = Estimate(graph, setup(case)).peak(case.batch).nbytes
    replaying = time.perf_counter() - begun
    return {
        **case._asdict(),
        "measured": measured,
        "predicted": predicted,
        "torchinfo": torchinfo(torch, graph, case),
        "seconds": {"tracker": round(tracking, 3), "replay": round(replaying, 5)},
    }


def torchinfo(torch: Any, graph: Graph, case: Case) -> int:
    """torchinfo's estimated total size of the same model, in bytes: input, outputs of all layers, parameters."""
    from cnncalc.pytorch import build

    model = build(graph, device="meta").train(case.mode == "training")
    sizes = [(case.batch, *node.shape.torch) for node in graph.inputs if node.shape]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        counts = import_module("torchinfo").summary(
            model,
            input_size=sizes,
            mode="train" if case.mode == "training" else "eval",
            device="meta",
            verbose=0,
        )
    return int(counts.total_input + counts.total_output_bytes + counts.total_param_bytes)


def with_later(record: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """The record with some networks measured again, each with what made it: `again`."""
    specs = dict.fromkeys(row["spec"] for row in later["cases"])
    fresh = {(row["spec"], row["mode"], row["optimizer"], row["batch"]): row for row in later["cases"]}
    rows = [
        fresh.get((row["spec"], row["mode"], row["optimizer"], row["batch"]), row) for row in record["cases"]
    ]
    made_by = f"{later['made']['cnncalc']}, {later['made']['date']}"
    again = {**record.get("again", {}), **dict.fromkeys(specs, made_by)}
    return {**record, "cases": rows, "again": again}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
@click.option(
    "--record", "into", is_flag=True, help="Put those named into the record, in place of what it has."
)
def main(specs: tuple[str, ...], into: bool) -> None:
    """Measure, show, and (where no SPEC is named) write the record. Exit status: 1 where an error is above 2%."""
    import torch

    versions = environment()
    rows = []
    for spec in specs or SPECS:
        graphs = {mode: cnncalc.load(spec, mode=mode) for mode in ("inference", "training")}
        for case in cases(spec):
            row = measure(torch, case, graphs)
            rows.append(row)
            off = row["predicted"] / row["measured"] - 1
            click.echo(
                f"{spec:26} {case.mode:9} {case.optimizer:4} {case.batch:3} {row['measured']:14,} {off:+9.4%} "
                f"tracker {row['seconds']['tracker']:6.2f} s, replay {row['seconds']['replay'] * 1000:6.2f} ms"
            )
    errors = [abs(row["predicted"] / row["measured"] - 1) for row in rows]
    click.echo(f"{len(rows)} cases: median error {median(errors):.4%}, largest {max(errors):.4%}")
    if into or not specs:
        data = {"version": 1, "made": versions, "cases": rows}
        if specs:
            data = with_later(json.loads(RECORD.read_text(encoding="utf-8")), data)
        RECORD.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        click.echo(f"Written: {RECORD.relative_to(ROOT)}")
    sys.exit(1 if max(errors) > 0.02 else 0)


if __name__ == "__main__":
    main()
