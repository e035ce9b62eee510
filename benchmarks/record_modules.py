"""Measure the memory peaks of torchvision's own modules, and record them: `python -m benchmarks.record_modules`.

The networks that the zoo shares with torchvision, at batch 32: a prediction, and the second of two training steps with
SGD with momentum, as `MemTracker` measures torchvision's module with fake tensors. A module holds its input while it
runs, in each block of it, as those that people write do. Writes benchmarks/results/modules-tracker.jsonl, a line for
each figure; what the file has is not measured again.
"""

import json
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click

import cnncalc
from benchmarks._bench import ROOT
from benchmarks._environment import environment
from benchmarks._peers import torchvision
from benchmarks._step import Case
from benchmarks._tracker import setup, tracked
from cnncalc import zoo
from cnncalc.memory import Estimate

RECORD = ROOT / "benchmarks" / "results" / "modules-tracker.jsonl"
BATCH = 32
MODES = ("inference", "training")


def cases() -> list[Case]:
    """Each network in both modes."""
    return [
        Case(spec, mode, "sgd" if mode == "training" else "", BATCH) for spec in zoo.twins() for mode in MODES
    ]


def lines(path: Path = RECORD) -> list[dict[str, Any]]:
    """What was measured."""
    return (
        [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    )


def options(name: str, mode: str) -> dict[str, Any]:
    """How torchvision builds a network as the spec has it: nothing is downloaded, and heads are there in training."""
    training = mode == "training"
    if name in ("googlenet", "inception_v3"):
        return {"init_weights": False, "transform_input": False, "aux_logits": training}
    if name.startswith(("fcn_", "deeplabv3_")):
        return {"weights_backbone": None, "aux_loss": training}
    return {}


def measured(torch: Any, case: Case) -> int:
    """Bytes at the peak of torchvision's module."""
    from torch._subclasses.fake_tensor import unset_fake_temporarily

    models = torchvision(torch).models

    def theirs(model: Any) -> Any:
        name = zoo.twins()[case.spec]
        # The sizes of a regnet are computed with tensors, so they must have values.
        with unset_fake_temporarily() if name.startswith("regnet") else nullcontext():
            other = models.get_model(name, weights=None, **options(name, case.mode)).train(model.training)
        for module in other.modules():
            for tensors in (module._parameters, module._buffers):
                for key, tensor in tensors.items():
                    if tensor is not None:
                        fake = torch.empty(tensor.shape, dtype=tensor.dtype)
                        tensors[key] = fake if tensors is module._buffers else torch.nn.Parameter(fake)
        # What a dictionary of outputs holds is what a tuple of them holds.
        other.register_forward_hook(
            lambda module, inputs, output: tuple(output.values()) if isinstance(output, dict) else output
        )
        return other

    with ExitStack() as stack:
        # Fake tensors have no values: initial ones are left out.
        stack.enter_context(
            patch.object(torch.nn.init, "trunc_normal_", lambda tensor, *args, **options: tensor)
        )
        return tracked(torch, cnncalc.load(case.spec, mode=case.mode), case, change=theirs, quick=True)


def error(line: dict[str, Any]) -> float:
    """How far the prediction of now is from what was measured, as a part of that."""
    case = Case(line["spec"], line["mode"], line["optimizer"], line["batch"])
    estimate = Estimate(cnncalc.load(case.spec, mode=case.mode), setup(case)._replace(holders="modules"))
    return estimate.peak(case.batch).nbytes / float(line["measured"]) - 1


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("specs", nargs=-1, metavar="[SPEC]...")
def main(specs: tuple[str, ...]) -> None:
    """Measure what the record does not have yet, and add it."""
    import torch

    versions = f"PyTorch {torch.__version__}, torchvision {torchvision(torch).__version__}"
    facts = environment()
    known = {(line["spec"], line["mode"], line["batch"]) for line in lines()}
    for case in cases():
        if (specs and case.spec not in specs) or (case.spec, case.mode, case.batch) in known:
            continue
        row = {**case._asdict(), "measured": measured(torch, case), "made": f"{versions}, {facts['date']}"}
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        click.echo(f"{case.spec:26} {case.mode:9} {row['measured']:14,}")


if __name__ == "__main__":
    main()
